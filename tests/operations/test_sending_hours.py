"""The hours in which an office may be told: inherited, refused where they leave a schedule out, followed at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.audit import write_noted
from models.duties import Message
from operations.actor import operator
from operations.change_settings import change_settings
from operations.office_settings import settings_in_force, settings_of_one
from operations.read.office import show_office
from operations.read.outbox import read_outbox
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_not_sent, note_paced
from operations.restore_settings import restore_settings
from policy.sending_times import Window
from tests.operations.conftest import NOW, TODAY

AREA = "Wilmington Area Office"
NIGHT = NOW + timedelta(hours=12)
LEFT_OUT = "The schedule of {} ({}) names {}, which lies outside the hours {} in which it may be told"


@pytest.fixture
def terminal(session, field):
    """Somebody at the terminal."""
    return operator(session, "terminal")


@pytest.fixture
def set_for(session, terminal):
    """Change settings of an office."""

    def change(office, **changes):
        return change_settings(session, office_code=office, changes=changes, by=terminal, now=NOW)

    return change


@pytest.fixture
def message_id(session, portfolio, field):
    """A reminder that was made and is not posted."""
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)[0]


def test_hours_come_from_above_each_by_itself(session, field, set_for):
    """The region sets the end, the area office the beginning."""
    set_for("REG-PHI", send_until="17:30")
    set_for("0317300", send_from="8:00")
    in_force = settings_in_force(session)
    assert in_force[field.area.id].window == settings_of_one(session, field.area).window == Window(480, 1050)
    assert in_force[field.region.id].window == Window(420, 1050)
    card = show_office(session, "0317300", now=NOW)
    assert [(card[name].value, card[name].above) for name in ("send_from", "send_until")] == [
        ("08:00", None),
        ("17:30", "Office REG-PHI"),
    ]


@pytest.mark.parametrize(
    ("office", "changes", "sentence"),
    [
        ("0317300", {"schedule": "30 6 * * *"}, (AREA, "30 6 * * *", "6:30 AM", "7:00 AM to 7:00 PM")),
        ("0317300", {"schedule": "0 9,19 * * *"}, (AREA, "0 9,19 * * *", "7:00 PM", "7:00 AM to 7:00 PM")),
        ("0317300", {"send_from": "09:01"}, (AREA, "0 9 * * 1-5", "9:00 AM", "9:01 AM to 7:00 PM")),
        # The first office below, by its code.
        ("OSHA-NO", {"send_until": "09:00"}, (AREA, "0 9 * * 1-5", "9:00 AM", "7:00 AM to 9:00 AM")),
        (
            "0317300",
            {"send_from": "10:00", "schedule": "0 9 * * 1"},
            (AREA, "0 9 * * 1", "9:00 AM", "10:00 AM to 7:00 PM"),
        ),
    ],
)
def test_a_schedule_outside_the_hours_is_refused(set_for, office, changes, sentence):
    """Whichever of the two is changed; the sentence names both."""
    with pytest.raises(Refused) as refused:
        set_for(office, **changes)
    assert refused.value.sentence.startswith(LEFT_OUT.format(*sentence))
    assert refused.value.field in changes


def test_both_may_be_changed_together(session, field, set_for):
    """And taken back together."""
    done = set_for("0317300", send_from="05:00", schedule="30 5 * * *")
    write_noted(session)
    restore_settings(session, record=done.record, by=operator(session, "terminal"), now=NOW)
    assert (field.area.settings, field.area.schedule) == ({}, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"send_from": "7 a.m."}, "send_from: “7 a.m.” is no time of day; write hours and minutes, such as 07:00."),
        ({"send_until": "24:30"}, "send_until: “24:30” is no time of day"),
        (
            {"send_from": "12:00", "send_until": "08:00"},
            "would be 12:00 PM to 8:00 AM; they must end after they begin.",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused(session, field, set_for, changes, words):
    """In a sentence that says what is wrong."""
    with pytest.raises(Refused) as refused:
        set_for("0317300", **changes)
    assert words in refused.value.sentence


def test_a_bad_combination_on_record_stops_no_other_change(session, field, set_for):
    """What somebody did to the records by hand is refused only where the times are changed."""
    field.area.schedule = "0 5 * * *"
    set_for("0317300", meetings_required=3)
    with pytest.raises(Refused, match="names 5:00 AM"):
        set_for("REG-PHI", send_until="18:00")


def test_wider_hours_let_go_what_is_held(session, field, set_for, message_id):
    """What is held for the hours is looked at again as soon as they change."""
    assert claim_message(session, message_id, now=NIGHT) is None
    held = session.get_one(Message, message_id)
    assert held.held_until is not None
    set_for("0317300", send_until="24:00")
    session.refresh(held)
    assert (held.held_until, held.held_why) == (None, None)
    assert claim_message(session, message_id, now=NIGHT) is not None


def test_the_outbox_says_what_waits_for_whom_and_why(session, field, message_id):
    """Its kind, until when it is held on the office's clock, and what keeps it back after that."""
    claim_message(session, message_id, now=NIGHT)
    session.flush()
    (shown,) = read_outbox(session, now=NIGHT).in_hand
    assert (shown.kind, shown.person, shown.thread) == ("reminder", None, None)
    assert shown.held_until.isoformat() == "2026-11-24T07:00:00-05:00"
    assert shown.why == "outside the hours 7:00 AM to 7:00 PM of Wilmington Area Office"
    morning = shown.held_until + timedelta(hours=2)
    (shown,) = read_outbox(session, now=morning).in_hand
    assert (shown.held_until, shown.why) == (None, "it is posted next")
    claim = claim_message(session, message_id, now=morning)
    note_not_sent(session, claim, now=morning, error="ratelimited")
    session.flush()
    (shown,) = read_outbox(session, now=morning).in_hand
    assert shown.why == "not posted yet (ratelimited); it is tried again"
    note_paced(session, claim)
    session.expire_all()
    (shown,) = read_outbox(session, now=morning).in_hand
    assert shown.why.startswith("not posted yet (in line, as Slack takes only so many messages a minute)")
