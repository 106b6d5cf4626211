"""The words of approvals: within Slack's limits whatever stands in a draft, and the same on every surface."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest

from bot.approval_message import approval_message, approval_news_message
from bot.approval_words import change_line, step_lines
from operations.read.approvals import ApprovalShown, DecisionShown, SeatShown, StepShown
from operations.read.message import ShownMessage
from operations.read.officials import Named
from policy.approval import ApprovalStatus, Verdict
from policy.chains import Purpose
from policy.drafts import Change
from sandbox.block_limits import message_problems

HOSTILE = "<!channel> *x* " + "&" * 3000


def seat(number: int, *, waits: bool = True, decision: DecisionShown | None = None) -> SeatShown:
    """Return a seat with names as long as they get."""
    return SeatShown(
        key=f"s{number}",
        title=f"Regional Alliance Program Coordinator, {'Office ' * 12}{number}",
        names=(f"Name {number} {'x' * 150}",),
        deciders=frozenset({f"U{number}"}) if waits else frozenset(),
        why="nobody holds the position today",
        waits=waits,
        on_paper=False,
        decision=decision,
    )


def shown(**more: object) -> ApprovalShown:
    """Return the longest approval that can be."""
    steps = tuple(
        StepShown(f"Step {n} {'y' * 90}", "CSP 04-01-002 X", 1, tuple(map(seat, range(10)))) for n in range(1)
    )
    later = tuple(
        StepShown(f"Step {n} {'y' * 90}", "", 2, tuple(seat(i, waits=False) for i in range(10))) for n in range(1, 12)
    )
    content = tuple((f"Field {n} {'z' * 80}", HOSTILE) for n in range(40))
    made = ApprovalShown(
        id=uuid.uuid4(),
        alliance_id=1,
        alliance=HOSTILE[:200],
        purpose=Purpose.FIELD_PROPOSAL,
        subject="proposal",
        what="version 7 of the proposal",
        about="z" * 200,
        about_key="z" * 200,
        version=7,
        content=content,
        since=6,
        changes=tuple(Change(f"field_{n}", HOSTILE, ["a", HOSTILE]) for n in range(40)),
        newer=None,
        asked_by="Ada",
        asked_by_slack="UADA",
        asked_on=date(2026, 11, 23),
        note=HOSTILE[:1000],
        status=ApprovalStatus.OPEN,
        ended=None,
        ended_why=None,
        steps=(*steps, *later),
    )
    return replace(made, **more)


def message(approval: ApprovalShown, occasion: str = "asked:s", person: str = "U1") -> ShownMessage:
    """Return a message about it."""
    return ShownMessage(
        uuid.uuid4(),
        "Office",
        date(2026, 11, 23),
        (),
        kind="approval",
        person=Named("Dana", person),
        approval=approval,
        occasion=occasion,
    )


@pytest.mark.parametrize("since", [None, 6])
@pytest.mark.parametrize("make", [approval_message, approval_news_message])
def test_the_longest_card_is_within_the_limits(make, since):
    """Forty long fields and a hundred seats are cut, with the number of what is left out; nobody is called."""
    made = make(message(shown(since=since)))
    assert message_problems(made["blocks"]) == []
    assert len(made["text"]) < 40_000
    assert "more: press Show it" in str(made["blocks"])
    assert "<!channel>" not in made["text"]


@pytest.mark.parametrize(
    ("occasion", "person", "said"),
    [
        ("asked:s", "U1", "your approval is asked"),
        ("reminded:s:2", "U1", "an approval still waits for you"),
        ("climbed:s:4", "U1", "an approval has been waiting for long, and you may decide it"),
        ("climbed:s:4", "UX", "an approval has been waiting for long"),
        ("asked:s", "UX", "decided, and it goes on"),
    ],
)
def test_a_card_says_why_it_came(occasion, person, said):
    """Who may decide has the buttons, who is told or has decided only the way to all of it."""
    made = approval_message(message(shown(), occasion, person))
    assert f"For Dana: {said}\n" in made["text"]
    labels = [element["text"]["text"] for element in made["blocks"][-1]["elements"]]
    assert ("Approve" in labels) == (person == "U1")


def test_a_decision_names_both_and_where_it_is_written():
    """Who acted for whom, when, why, and who recorded it from what."""
    decision = DecisionShown(
        id=1,
        verdict=Verdict.RETURN,
        by="Sol",
        acting_for="Chief",
        on=date(2026, 11, 20),
        at="November 23, 2026, at 9:00 AM",
        reason="Unclear",
        evidence="Memo 7",
        recorded_by="Ada",
    )
    step = StepShown("Solicitor", "", 1, (seat(1, waits=False, decision=decision),))
    said = "\n".join(step_lines(shown(steps=(step,))))
    assert "*1. Solicitor*: returned for changes" in said
    assert "returned for changes by Sol (for Chief) on November 20, 2026: Unclear. Recorded by Ada" in said
    assert "written in: Memo 7" in said


@pytest.mark.parametrize(
    ("title", "said"),
    [("2 of Chief, Sol and Ada", "*1. 2 of Chief, Sol and Ada*: waiting"), ("Chiefs", "*1. Chiefs*, 2 of 3 needed: ")],
)
def test_how_many_are_needed_is_said_once(title, said):
    """A title that was made of the line says it already."""
    step = StepShown(title, "", 2, tuple(map(seat, range(3))))
    assert step_lines(shown(steps=(step,)))[0].startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("work_plan", None, "New"), "•  Work plan: new: “New”"),
        (Change("work_plan", "Old", None), "•  Work plan: taken out: “Old”"),
        (Change("work_plan", "Old", "New"), "•  Work plan: was “Old”, now “New”"),
        (Change("members", ["A", "B"], ["B", "C"]), "•  Members: added “C”; taken out “A”"),
        (Change("members", ["A", "B"], ["B", "A"]), "•  Members: another order"),
    ],
)
def test_a_change_is_told_field_by_field(change, said):
    """What is new, gone or different, in a line."""
    assert change_line(change) == said
