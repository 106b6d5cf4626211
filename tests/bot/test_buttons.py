"""The buttons under a reminder, as they stand in the office's channel."""

from __future__ import annotations

from datetime import date

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.messages import reminder_message
from models.alliances import Agreement, Alliance, TerminationNotice
from models.duties import Obligation
from models.offices import Office
from models.work import Evaluation
from operations.read.message import show_message
from operations.remind.fold_messages import fold_messages
from sandbox.block_limits import message_problems
from tests.bot.conftest import AREA_CHANNEL
from tests.bot.slack import found, held, input_of, words
from tests.operations.conftest import NOW, TODAY


@pytest.fixture
def reminder(slack, sample_engine):
    """The reminder of the area office, posted in its channel."""
    with Session(sample_engine) as session:
        office = session.scalars(select(Office).where(Office.code == "0317300")).one()
        (message_id,) = fold_messages(session, office_id=office.id, day=TODAY, now=NOW)
        message = reminder_message(show_message(session, message_id, now=NOW))
        session.commit()
    assert message_problems(message["blocks"]) == []
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    posted = client.chat_postMessage(channel=AREA_CHANNEL, **message)
    return {"channel": AREA_CHANNEL, "ts": posted["ts"], "blocks": posted["message"]["blocks"]}


def duty_of(rows, button):
    """Return the obligation that a button names."""
    return next(o for o in rows(Obligation) if str(o.id) == button["value"])


def number_of(reminder, rows, rule):
    """Return which of the rows of the reminder is about a rule."""
    buttons = [button for _, button in found(reminder["blocks"], "record:obligation")]
    return [duty_of(rows, button).rule for button in buttons].index(rule)


def test_record_it_opens_the_form_of_the_rule(ada, reminder, rows):
    """The form that fulfils the duty opens with alliance and agreement year chosen."""
    ada.presses(reminder, "record:obligation", number_of(reminder, rows, "evaluation"))
    form = ada.modal()
    assert form["callback_id"] == "record_evaluation"
    assert held(form, "period_end") == "2026-12-09"


def test_a_meeting_of_another_year_leaves_the_duty_reminded_of_open(ada, reminder, rows, ids, sample_engine):
    """What was recorded from a reminder and does not count for it says so, and that the duty is still owed."""
    with Session(sample_engine) as session:
        plaza = session.get_one(Alliance, ids["plaza"])
        plaza.tracked_from = date(2025, 12, 10)
        session.scalars(select(Agreement).where(Agreement.alliance_id == plaza.id)).one().signed_on = date(2024, 12, 10)
        session.commit()
    ada.presses(reminder, "record:obligation", number_of(reminder, rows, "meetings"))
    ada.sends(held="held", on="2025-12-09", format="teleconference")
    told = ada.reads()["text"]
    assert "\nThe meeting counts for the agreement year to December 9, 2025.\nStill open: Hold the" in told
    assert "agreement year December 10, 2025 to December 9, 2026, 0 of 2 meetings held" in told
    assert "\nNext: " in told


def test_the_only_duty_that_waits_for_a_decision_is_still_open(ada, reminder, rows, ids, sample_engine):
    """Asking for a snooze past the legal date settles nothing: that nothing else is due does not hide the duty."""
    with Session(sample_engine) as session:
        session.execute(delete(TerminationNotice).where(TerminationNotice.alliance_id == ids["plaza"]))
        day = date(2026, 11, 2)
        session.add(
            Evaluation(
                alliance_id=ids["plaza"],
                period_end=date(2026, 12, 9),
                evaluated_on=day,
                discussed_on=day,
                findings="Fine",
                recorded_at=NOW,
            )
        )
        session.commit()
    ada.presses(reminder, "snooze:obligation", number_of(reminder, rows, "meetings"))
    ada.sends(until="2026-12-18", reason="Hall is closed")
    told = ada.reads()["text"]
    assert "\nStill open: Hold the Implementation Team meetings" in told
    assert told.endswith("\nNothing else is due for this alliance at the moment.")


def test_a_settled_duty_says_who_settled_it(ada, rita, reminder, rows):
    """A click that comes too late is answered privately, with who and when."""
    number = number_of(reminder, rows, "evaluation")
    ada.presses(reminder, "record:obligation", number)
    ada.sends(evaluated_on="2026-11-02", discussed_on="2026-11-03", findings="Fine.")
    ada.reads()
    rita.presses(reminder, "record:obligation", number)
    assert rita.reads()["text"] == "This is settled: done on November 3, 2026 by Ada Coordinator."
    rita.presses(reminder, "snooze:obligation", number)
    assert "This is settled" in rita.reads()["text"]
    assert not rita.has_modal()


def test_why_explains_in_a_window(stranger, reminder):
    """Everybody may see why, step by step."""
    stranger.presses(reminder, "why:obligation")
    shown = words(stranger.modal()["blocks"])
    assert "Reading A02" in shown
    assert "the text leaves a choice there" in shown
    assert shown.index("Still to do by ") < shown.index("*1.*")


def test_snooze_proposes_a_week_and_passes_the_due_date_with_a_reason_only(ada, reminder, rows):
    """A week is proposed; a day after the due date is not even asked for without a reason."""
    ada.presses(reminder, "snooze:obligation")
    assert held(ada.modal(), "until") == "2026-11-30"
    assert "Give the reason" in ada.sends(until="2026-12-10")["errors"]["reason"]
    ada.sends(until="2026-11-28")
    assert "no working day: the reminder comes on Monday, November 30, 2026." in ada.reads()["text"]
    ada.presses(reminder, "snooze:obligation")
    assert held(ada.modal(), "until") == "2026-11-28"
    ada.sends(until="2026-12-01")
    told = ada.reads()
    assert "until Tuesday, December 1, 2026" in told["text"]
    assert {str(o.snoozed_until) for o in rows(Obligation)} == {"None", "2026-12-01"}
    ada.presses(told, "undo:record")
    assert "it is snoozed until Saturday, November 28, 2026 again" in ada.reads("update")["text"]


def test_the_snooze_form_says_what_the_day_takes(ada, reminder):
    """The reason is asked for exactly where the day lies past the due date; the day of the reminder is named."""
    ada.presses(reminder, "snooze:obligation")
    form = ada.modal()
    assert "is the legal date: up to it you decide alone" in words(form["blocks"])
    assert input_of(form, "reason")["optional"]
    form = ada.chooses("until", "2026-12-12")
    assert not input_of(form, "reason")["optional"]
    assert "The reminder comes on Monday, December 14, 2026, a working day." in words(form["blocks"])
    assert input_of(ada.chooses("until", "2026-12-08"), "reason")["optional"]


def test_a_duty_passed_on_stands_in_the_list_of_the_new_office(ada, nate, reminder):
    """The office to which a duty was passed on sees it among its own."""
    assert "La Plaza" not in nate.asks("/alliance due")["text"]
    ada.presses(reminder, "pass_on:obligation")
    ada.sends(office="OSHA-NO", reason="National campaign")
    ada.reads()
    assert "La Plaza" in nate.asks("/alliance due")["text"]


def test_not_ours_proposes_the_office_above(ada, rita, reminder, rows):
    """The office above is chosen, others are searched; the new office may act on it from then on."""
    ada.presses(reminder, "pass_on:obligation")
    assert held(ada.modal(), "office") == "REG-PHI"
    assert ada.searches("office", "national") == ["OSHA National Office"]
    ada.sends(reason="Led by the region")
    assert "go to Philadelphia Regional Office from now on" in ada.reads()["text"]
    assert sum(o.passed_on for o in rows(Obligation)) == 1
    passed_on = next(o for o in rows(Obligation) if o.passed_on)
    rita.presses(
        reminder,
        "snooze:obligation",
        [str(passed_on.id) == b["value"] for _, b in found(reminder["blocks"], "snooze:obligation")].index(True),
    )
    assert rita.modal()["callback_id"] == "snooze"


@pytest.mark.parametrize("action", ["record:obligation", "snooze:obligation", "pass_on:obligation"])
def test_without_the_right_nothing_opens(stranger, reminder, action):
    """Who may not act is told so before typing anything."""
    stranger.presses(reminder, action)
    assert "You may not" in stranger.reads()["text"]
    assert not stranger.has_modal()


def test_a_button_of_another_version_is_refused(ada, slack):
    """A value that does not check is answered with a sentence."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "value": "'; drop table"}
    blocks = [
        {"type": "actions", "elements": [button | {"action_id": action}]}
        for action in ("why:obligation", "page:next", "run:due", "undo:record")
    ]
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    posted = client.chat_postMessage(channel=AREA_CHANNEL, text="Old", blocks=blocks)
    message = {"channel": AREA_CHANNEL, "ts": posted["ts"], "blocks": posted["message"]["blocks"]}
    for action in ("why:obligation", "page:next", "run:due"):
        ada.presses(message, action)
        assert "older version" in ada.reads()["text"]
    ada.presses(message, "undo:record")
    assert "cannot be undone here" in ada.reads()["text"]


def test_show_all_lists_a_long_reminder_in_pages(ada, slack, reminder, sample_engine):
    """What a long reminder only names is shown whole, page by page."""
    from models.duties import Message  # noqa: PLC0415

    with Session(sample_engine) as session:
        message_id = session.scalars(select(Message.id)).one()
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Show all"},
        "action_id": "show:message",
        "value": str(message_id),
    }
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    blocks = [{"type": "actions", "elements": [button]}]
    posted = client.chat_postMessage(channel=AREA_CHANNEL, text="Long", blocks=blocks)
    message = {"channel": AREA_CHANNEL, "ts": posted["ts"], "blocks": posted["message"]["blocks"]}
    ada.presses(message, "show:message")
    assert "Wilmington Area Office: all of this reminder" in ada.reads()["text"]
