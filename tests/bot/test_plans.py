"""A work plan at the page: its lines, its milestones, and what was corrected, all to be read back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Obligation
from models.plans import Milestone, WorkPlan, WorkPlanVersion
from operations.remind.check_rules import check_rules
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_gates import as_sent
from tests.operations.conftest import NOW

LINES = "Training on ladders; roofers; Ada Coordinator; 200 trained\nPoster; ; Ben Builder"
MILESTONES = "2026-12-01; Ada Coordinator; Poster\n2026-12-15; Ben Builder; Talk"


@pytest.fixture
def planned(sample_engine, ada):
    """The work plan of the alliance called Roofing and Sons, as Ada recorded it; what the app said."""
    with Session(sample_engine) as session:
        sons = session.scalars(select(Alliance).where(Alliance.name.startswith("Roofing <"))).one()
        sons.tracked_from = date(2026, 3, 1)
        check_rules(session, now=NOW)
        session.commit()
    ada.opens("/alliance workplan sons")
    assert "reason" not in fields_of(ada.modal())
    ada.sends(finalized_on="2026-04-20", summary="Two trainings.", activities=LINES, milestones=MILESTONES)
    return ada.reads()


def shown(person):
    """Return what the work plan says, as anybody reads it."""
    person.presses(person.asks("/alliance show sons"), "show:plan")
    answer = person.reads()
    assert message_problems(answer["blocks"]) == []
    return answer


def test_a_plan_is_read_back_line_by_line(planned, stranger):
    """Audience, responsible person, metric and milestone stand there for everybody."""
    assert "with 2 lines and 2 milestones, final on Monday, April 20, 2026" in planned["text"]
    text = shown(stranger)["text"]
    assert "•  Training on ladders for roofers; responsible: Ada Coordinator; metric: 200 trained" in text
    assert "•  Poster; responsible: Ben Builder" in text
    assert "•  December 1, 2026: Poster, Ada Coordinator: not reached yet" in text


def test_a_correction_keeps_what_was_said_before(planned, ada, rows):
    """The form opens with everything in it; a milestone with the same title stays the same duty, on its new day."""
    (poster, _) = rows(Milestone)
    ada.presses(shown(ada), "correct:plan")
    form = ada.modal()
    assert view_problems(as_sent(form), "modal") == []
    assert (held(form, "activities"), held(form, "milestones")) == (LINES, MILESTONES)
    assert "required" in str(ada.sends()["errors"])
    ada.sends(milestones="2027-01-20; Uma Union; Poster", reason="The printer is late.")
    told = ada.reads()
    assert "corrected, final on Monday, April 20, 2026" in told["text"]
    assert [(m.id, str(m.due_on), m.person) for m in rows(Milestone)] == [(poster.id, "2027-01-20", "Uma Union")]
    duties = {o.subject: (str(o.due_on), o.settled) for o in rows(Obligation) if o.rule == "milestone"}
    assert duties[f"milestone:{poster.id}"] == ("2027-01-20", None)
    assert sorted(settled or "" for _, settled in duties.values()) == ["", "lifted"]
    assert "Ada Coordinator: The printer is late." in shown(ada)["text"]
    first, second = rows(WorkPlanVersion)
    assert [m["title"] for m in first.content["milestones"]] == ["Poster", "Talk"]
    assert [m["title"] for m in second.content["milestones"]] == ["Poster"]

    ada.presses(told, "undo:record")
    assert "says what it said before" in ada.reads("update")["text"]
    assert [(str(m.due_on), m.title) for m in rows(Milestone)] == [("2026-12-01", "Poster"), ("2026-12-15", "Talk")]
    assert "The printer is late. (undone)" in shown(ada)["text"]
    ada.presses(planned, "undo:record")
    assert "is not on record" in ada.reads("update")["text"]
    assert [p for p in rows(WorkPlan) if p.summary == "Two trainings."] == []


def test_a_milestone_that_was_reached_stays(planned, ada):
    """It cannot be left out of the plan; and the same again is no correction."""
    reach(ada)
    ada.presses(shown(ada), "correct:plan")
    assert "says so already" in ada.sends(reason="Nothing")["errors"]["summary"]
    refused = ada.sends(milestones="2026-12-15; Ben Builder; Talk")
    assert "“Poster” was reached on November 20, 2026: it stays in the plan." in refused["errors"]["milestones"]
    assert "Poster, Ada Coordinator: reached on November 20, 2026" in shown(ada)["text"]


def reach(person):
    """Record the first milestone as reached."""
    answer = person.asks("/alliance due sons")
    titles = [b["text"]["text"] for b in answer["blocks"] if b.get("block_id", "").startswith("duty:")]
    number = next(i for i, title in enumerate(titles) if "“Poster”" in title)
    person.presses(answer, "record:obligation", number)
    person.sends(done_on="2026-11-20")
    person.reads()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("; roofers", "Line 1 names no activity"),
        ("a; b; c; d; e", "Line 1 has more than the four parts"),
        (f"Talk\n{'x' * 301}", "Line 2 is too long"),
        ("\n".join(["Talk"] * 31), "At most 30 activities"),
    ],
)
def test_a_line_that_is_no_activity_is_named(planned, ada, line, sentence):
    """The sentence stands at the field; what was typed stays."""
    ada.presses(shown(ada), "correct:plan")
    assert sentence in ada.sends(activities=line, reason="More")["errors"]["activities"]
    assert held(ada.modal(), "activities") == line


def test_a_plan_of_before_versions_is_corrected_too(nate, rows):
    """What it said is kept as its first version; without a plan that is due the form opens with the latest one."""
    form = nate.opens("/alliance workplan NGFA")
    assert held(form, "summary") == "As agreed"
    nate.sends(summary="As agreed, and a video", reason="The video was forgotten.")
    nate.reads()
    assert [v.content["summary"] for v in rows(WorkPlanVersion)] == ["As agreed", "As agreed, and a video"]
    assert rows(WorkPlanVersion)[0].recorded_by == "not on record"


def test_a_plan_that_fills_its_field_is_corrected_too(planned, ada):
    """Lines that were typed without spaces between their parts are not longer when they come back."""
    lines = "\n".join(f"{'a' * 47};b;c;{'d' * 46}" for _ in range(30))
    assert len(lines) > 2950
    ada.opens("/alliance workplan sons")
    ada.sends(activities=lines, reason="All of them")
    ada.reads()
    assert held(ada.opens("/alliance workplan sons"), "activities") == lines


def test_without_a_plan_the_card_says_so(ada):
    """The empty state has the button that records one."""
    ada.presses(ada.asks("/alliance show sons"), "show:plan")
    answer = ada.reads()
    assert "has no work plan on record" in answer["text"]
    assert "Record a work plan" in words(answer["blocks"])
