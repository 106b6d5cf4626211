"""The words of the reminders, checked against Slack's limits by two independent judges."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest
from slack_sdk.models.blocks import Block

from bot.duty_words import about, row_of_shown
from bot.messages import reminder_message
from operations.read.message import Shown, ShownMessage
from policy.duties import Basis, Modality, Status
from policy.meeting_year import MeetingYear
from policy.words import day
from sandbox.block_limits import message_problems, message_too_long
from tests.bot.slack import found, words

TODAY = date(2026, 11, 23)

DUTY = Shown(
    id=uuid.UUID(int=1),
    alliance_id=1,
    alliance="La Plaza",
    office="Wilmington Area Office",
    rule="annual-report",
    subject="alliance:1",
    period="2025-06-20/2026-06-19",
    due_on=date(2026, 11, 28),
    working_day=date(2026, 11, 27),
    status=Status.OPEN,
    basis=Basis.DIRECTIVE,
    modality=Modality.MANDATORY,
    clauses=("CSP 04-01-002 VI.E", "CSP 04-01-002 VIII.F.3", "FAQ F-10 (term)"),
    owner="Alliance Coordinator",
    meetings=None,
    on=TODAY,
    settled_on=None,
    settled_by=None,
    reason=None,
    snoozed_until=None,
    snoozed_by=None,
    passed_to=None,
)


def shown(*duties):
    """Return a message with these duties."""
    return ShownMessage(uuid.UUID(int=7), "Wilmington Area Office", TODAY, duties)


def blocks_of(*duties):
    """Return the blocks of a message that both judges accept."""
    message = reminder_message(shown(*duties))
    assert message_problems(message["blocks"]) == []
    assert not message_too_long(message["blocks"])
    for block in message["blocks"]:
        Block.parse(block).validate_json()
    assert len(message["text"]) < 40_000
    return message["blocks"]


def labels(blocks):
    """Return the labels of all buttons."""
    elements = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    return [text["text"]["text"] for e in elements for text in e.get("options", [e])]


def test_a_row_says_what_when_and_by_which_clause():
    """Title, alliance, spelled date with weekday, working day, standing and clauses, then the buttons."""
    blocks = blocks_of(DUTY)
    text = words(blocks)
    assert "Wilmington Area Office: Monday, November 23, 2026" in text
    assert "*Submit the annual report*\nLa Plaza\nAgreement year June 20, 2025 to June 19, 2026\n" in text
    assert "Due Saturday, November 28, 2026 (last working day before it: Friday, November 27, 2026)." in text
    assert "*Due in 5 days.*" in text
    assert "_CSP 04-01-002 VI.E, VIII.F.3, FAQ F-10 (term)_" in text
    assert labels(blocks) == ["Record it", "Why?", "Snooze", "Not ours", "Assign to a person", "Not applicable"]
    assert [button["value"] for _, button in found(blocks, "snooze:obligation")] == [str(DUTY.id)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due_on": date(2026, 11, 23)}, "Due today."),
        ({"due_on": date(2026, 11, 24)}, "Due tomorrow."),
        ({"due_on": date(2026, 11, 11), "status": Status.OVERDUE}, "Overdue by 12 days."),
        ({"due_on": date(2026, 11, 22), "status": Status.OVERDUE}, "Overdue by 1 day."),
        (
            {"due_on": date(2026, 11, 20), "status": Status.PAST_TARGET, "basis": Basis.OFFICE},
            "Past its target by 3 days.",
        ),
        ({"basis": Basis.OFFICE}, "5 days to go."),
        ({"modality": Modality.ADVISORY}, "Due in 5 days, advisory."),
    ],
)
def test_standing_is_said_in_words(change, sentence):
    """How a duty stands is one phrase; a target is never called due or overdue."""
    assert f"*{sentence}*" in words(blocks_of(replace(DUTY, **change)))


def test_what_is_late_or_due_today_can_be_snoozed_too():
    """The form asks for a reason, and an official above for agreement."""
    for change in ({"due_on": TODAY}, {"due_on": date(2026, 11, 1), "status": Status.OVERDUE}):
        assert "Snooze" in labels(blocks_of(replace(DUTY, **change)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"status": Status.MET, "settled_on": date(2026, 11, 20), "settled_by": "Ada"},
            "Done on November 20, 2026 by Ada.",
        ),
        (
            {"status": Status.WAIVED, "settled_on": TODAY, "settled_by": "Ada", "reason": "Merged"},
            "Waived on November 23, 2026 by Ada: Merged.",
        ),
        (
            {"status": Status.LIFTED, "settled_on": TODAY, "reason": "It ended."},
            "No longer owed on November 23, 2026: It ended.",
        ),
        ({"passed_to": "Philadelphia"}, "Passed on to Philadelphia. Due Saturday"),
    ],
)
def test_what_is_settled_or_passed_on_has_no_buttons(change, sentence):
    """The row says what became of it and by whom, and nothing can be pressed."""
    blocks = blocks_of(replace(DUTY, **change))
    assert sentence in words(blocks)
    assert labels(blocks) == []


def test_a_snoozed_row_says_until_when_and_by_whom():
    """A snooze stands in the row while it lasts."""
    snoozed = replace(DUTY, snoozed_until=date(2026, 11, 27), snoozed_by="Ada")
    assert "Snoozed until Friday, November 27, 2026 by Ada." in words(blocks_of(snoozed))
    assert "Snoozed" not in words(blocks_of(replace(snoozed, snoozed_until=TODAY)))
    weekend = replace(snoozed, snoozed_until=date(2026, 11, 29), reminded_on=date(2026, 11, 30))
    assert "The reminder comes on Monday, November 30, 2026, a working day." in words(blocks_of(weekend))


def test_meetings_say_what_was_held_is_scheduled_and_still_needed():
    """The figures stand beside the agreement year, what is at risk beside the date; a passed plan is named."""
    year = MeetingYear(date(2026, 6, 20), date(2027, 6, 19), 2, 0, (date(2026, 9, 1), date(2026, 12, 14)), TODAY)
    shown = words(blocks_of(replace(DUTY, rule="meetings", meetings=year)))
    assert (
        "0 of 2 meetings held, 1 scheduled for December 14, 2026, 1 still needed, that one by June 17, 2027, planned "
        "for September 1, 2026 and not recorded as held\n"
    ) in shown
    assert "risk" not in shown
    late = replace(year, on=date(2026, 12, 20))
    assert "(at risk: no meeting was held by the pace date, December 19, 2026)" in words(
        blocks_of(replace(DUTY, rule="meetings", meetings=late))
    )


def test_how_far_an_evaluation_has_come_stands_after_its_year():
    """What was done is not asked for as if nothing was; it stands in the words for who cannot see blocks, too."""
    so_far = "evaluated on November 2, 2026; the discussion with the participants is still to be recorded"
    duty = replace(DUTY, rule="evaluation", detail=so_far)
    assert f"Agreement year June 20, 2025 to June 19, 2026, {so_far}\n" in words(blocks_of(duty))
    assert so_far in reminder_message(shown(duty))["text"]


@pytest.mark.parametrize("number", [1, 20, 24, 25, 60, 400])
@pytest.mark.parametrize("name", ["A", "A <!channel> & Co " * 30])
def test_any_number_of_rows_fits(number, name):
    """However many, the message is within Slack's limits, and what is not shown whole can be asked for."""
    duties = [replace(DUTY, id=uuid.UUID(int=i), alliance=name) for i in range(number)]
    blocks = blocks_of(*duties)
    whole = len([b for b in blocks if b.get("block_id", "").startswith("duty:")])
    assert whole >= min(number, 5)
    if whole < number:
        assert found(blocks, "show:message")[0][1]["value"] == str(uuid.UUID(int=7))
        assert f"And {number - whole} more" in words(blocks)


def test_an_unknown_rule_is_named_by_its_id():
    """A message can still be rewritten after its rule was withdrawn."""
    assert "*old-rule*" in words(blocks_of(replace(DUTY, rule="old-rule", period=None)))


def test_the_text_alone_says_everything():
    """Who cannot see blocks reads the same: date, standing, clause."""
    text = reminder_message(shown(DUTY, replace(DUTY, status=Status.MET, settled_on=TODAY)))["text"]
    assert "1 duty to act on." in text
    assert "Due Saturday, November 28, 2026" in text
    assert "VIII.F.3" in text
    assert "Done on November 23, 2026." in text


def test_names_never_come_alive():
    """Markup in names is shown, not obeyed."""
    hostile = replace(DUTY, alliance="<!channel> <@U1> & *x*", snoozed_until=date(2027, 1, 1), snoozed_by="<!here>")
    message = reminder_message(shown(hostile))
    markup = [b["text"]["text"] for b in message["blocks"] if b.get("text", {}).get("type") == "mrkdwn"]
    for text in [message["text"], *markup]:
        assert "<" not in text


@pytest.mark.parametrize(
    ("rule", "period", "name"),
    [
        ("annual-report", "2025-06-20/2026-06-19", "agreement year"),
        ("annual-report", "2026-10-01/2027-03-31", "half-year"),
        ("annual-report", "2026-06-20/2026-09-30", "half-year"),
        ("annual-report", "2025-10-01/2026-09-30", "agreement year"),
        ("evaluation", "2026-10-01/2027-09-30", "fiscal year"),
        ("evaluation", "2025-06-20/2026-06-19", "agreement year"),
        ("meetings", "2026-10-01/2027-09-30", "agreement year"),
        ("renewal-decision", "2024-06-20/2026-06-20", "term"),
    ],
)
def test_a_period_is_called_what_it_is(rule, period, name):
    """Data for half a year and the evaluation of a fiscal year are not said to be for an agreement year."""
    row = row_of_shown(replace(DUTY, rule=rule, period=period, meetings=None, detail=None))
    first, last = (day(date.fromisoformat(on)) for on in period.split("/"))
    assert about(row) == f"{name} {first} to {last}"
