"""The buttons under a reminder, as they stand in the office's channel."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import reminder_message
from models.duties import Obligation
from models.offices import Office
from operations.read.message import show_message
from operations.remind.fold_messages import fold_messages
from sandbox.block_limits import message_problems
from tests.bot.conftest import AREA_CHANNEL
from tests.bot.slack import found, held, words
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
    assert "Reading A02" in words(stranger.modal()["blocks"])


def test_snooze_proposes_a_week_and_passes_the_due_date_with_a_reason_only(ada, reminder, rows):
    """A week is proposed; a day after the due date is not even asked for without a reason."""
    ada.presses(reminder, "snooze:obligation")
    assert held(ada.modal(), "until") == "2026-11-30"
    assert "Give the reason" in ada.sends(until="2026-12-10")["errors"]["reason"]
    ada.sends(until="2026-11-28")
    assert "no working day: the reminder comes on Monday, November 30, 2026." in ada.reads()["text"]
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-01")
    assert "until Tuesday, December 1, 2026" in ada.reads()["text"]
    assert {str(o.snoozed_until) for o in rows(Obligation)} == {"None", "2026-12-01"}


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
