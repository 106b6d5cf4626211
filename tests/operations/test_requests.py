"""What an official above decides: a snooze past the legal date, a waiver; once, by somebody else than who asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.messages import message_words
from models.duties import Message, Notice
from models.offices import Person, Position
from models.requests import Request
from operations.actor import identify
from operations.operate.record_meeting import record_meeting
from operations.read.message import show_message, show_obligation
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.ask_decision import ask_decision, decide_request, withdraw_request
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, note_sent, waiting_messages
from operations.remind.steer_reminder import snooze_reminder
from policy.requests import RequestKind
from policy.rights import Role
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW
from tests.operations.test_reminders import meetings_duty, notices, send

#: The duty is due on December 9, 2026.
UNTIL = date(2026, 12, 18)


@pytest.fixture
def duty(session, portfolio, field):
    """The duty of an area office's alliance to meet."""
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return meetings_duty(session)


@pytest.fixture
def ada(field):
    """The coordinator of the area office."""
    return field.coordinator


@pytest.fixture
def rita(field):
    """The official above her."""
    return field.regional_coordinator


def asks(session, duty, by, **more):
    """Ask to wait past the due date; return the request and the message that asks."""
    what = {"kind": RequestKind.SNOOZE, "until": UNTIL, "reason": "Hall is closed"} | more
    ask_decision(session, obligation_id=duty.id, by=by, now=NOW, **what)
    request = session.scalars(select(Request).where(Request.status == "open")).one()
    return request, session.scalars(select(Message).where(Message.request_id == request.id)).one()


def test_the_official_above_is_written_to_and_the_row_says_for_whom_it_waits(session, field, duty, ada):
    """Until somebody decides nothing changes but the words, and the message has buttons."""
    reminder = send(session, field.area)
    _, message = asks(session, duty, ada)
    assert (message.kind, message.channel, message.status) == ("request", "U0REGION1", "pending")
    assert set(waiting_messages(session)) == {reminder, message.id}
    asked = "Asked by Ada Coordinator to wait until Friday, December 18, 2026: Hall is closed."
    waits = "Waiting for Person U0REGION1 (Regional Alliance Program Coordinator)."
    for id in (reminder, message.id):
        assert f"{asked} {waits}" in message_words(show_message(session, id, now=NOW))["text"]
    words = message_words(show_message(session, message.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    assert [e["text"]["text"] for e in words["blocks"][-1]["elements"]] == ["Approve", "Decline"]
    assert duty.snoozed_until is None


def test_what_is_approved_is_silent_past_the_legal_date(session, field, duty, ada, rita):
    """No stage is left before the day, the reminder names both, and all copies are rewritten."""
    reminder = send(session, field.area)
    request, message = asks(session, duty, ada)
    note_sent(session, claim_message(session, message.id, now=NOW), ts="1.2", words={"text": "asked"}, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    assert notices(session, "meetings", status="pending")[0].day == UNTIL
    assert set(waiting_messages(session)) == {reminder, message.id}
    said = message_words(show_message(session, reminder, now=NOW))["text"]
    assert "Snoozed until Friday, December 18, 2026 by Ada Coordinator, agreed by Person U0REGION1: Hall" in said
    words = message_words(show_message(session, message.id, now=NOW))
    assert "Approved on November 23, 2026 by Person U0REGION1." in words["text"]
    assert words["blocks"][-1]["type"] == "section"


def test_who_is_late_may_ask_too(session, field, duty, ada, rita):
    """After the due date a snooze takes the same two people."""
    later = NOW + timedelta(days=20)
    check_rules(session, now=later)
    day = (later + timedelta(days=7)).date()
    ask_decision(session, obligation_id=duty.id, kind=RequestKind.SNOOZE, reason="Ill", until=day, by=ada, now=later)
    request = session.scalars(select(Request)).one()
    decide_request(session, request_id=request.id, approve=True, by=rita, now=later)
    unsaid = [n.day for n in notices(session, "meetings", status="pending")]
    assert min(unsaid) == date(2026, 12, 21)


def test_nobody_decides_what_they_asked(session, portfolio, field, duty, rita):
    """What the coordinator of the region asks goes to its administrator, and not to herself."""
    with pytest.raises(Refused, match="Nobody above you"):
        asks(session, duty, rita)
    robin = portfolio.person("U0ADMIN", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Robin")
    request, message = asks(session, duty, rita)
    assert message.channel == "U0ADMIN"
    with pytest.raises(NotAllowed, match="second person"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=robin, now=NOW)
    assert (duty.snoozed_by, duty.snooze_agreed_by) == ("Person U0REGION1", "Robin")


def test_a_coordinator_does_not_decide_for_a_colleague(session, portfolio, field, duty, ada):
    """It takes an official above."""
    request, _ = asks(session, duty, ada)
    other = portfolio.person("U0COLL", (Role.ALLIANCE_COORDINATOR, field.area))
    with pytest.raises(NotAllowed, match="decide what is asked"):
        decide_request(session, request_id=request.id, approve=True, by=other, now=NOW)


def test_a_designee_decides_with_both_names_but_not_for_whom_they_act(session, field, duty, ada, rita):
    """Who acts for the official signs for both; who acts for the asker is no second person."""
    for slack_id, name, official in (("U0BEN", "Ben", rita), ("U0CAT", "Cat", ada)):
        person = Person(slack_id=slack_id, name=name)
        session.add(person)
        session.flush()
        held = {"role": Role.REGIONAL_COORDINATOR.value, "held_from": date(2020, 1, 1)}
        session.add(Position(person_id=person.id, office_id=field.region.id, acting_for_id=official.person_id, **held))
    session.flush()
    request, _ = asks(session, duty, ada)
    with pytest.raises(NotAllowed, match="somebody above Ada Coordinator"):
        decide_request(session, request_id=request.id, approve=True, by=identify(session, "U0CAT", now=NOW), now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=identify(session, "U0BEN", now=NOW), now=NOW)
    assert duty.snooze_agreed_by == "Ben (for Person U0REGION1)"


def test_declining_takes_a_reason_that_the_row_shows(session, duty, ada, rita):
    """The reminders go on, and another request may follow."""
    request, _ = asks(session, duty, ada)
    with pytest.raises(Refused, match="Say why"):
        decide_request(session, request_id=request.id, approve=False, why=" ", by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=False, why="Use another hall", by=rita, now=NOW)
    shown = show_obligation(session, duty.id, now=NOW).answers.request
    assert (shown.status, shown.decided_by, shown.decided_why) == ("declined", "Person U0REGION1", "Use another hall")
    assert duty.snoozed_until is None
    asks(session, duty, ada)


def test_one_thing_is_asked_at_a_time_and_can_be_withdrawn(session, duty, ada, rita):
    """A second request waits for the first; who asked takes it back, and nobody decides it then."""
    request, message = asks(session, duty, ada)
    with pytest.raises(Refused, match="asked for a decision on this already"):
        asks(session, duty, ada)
    with pytest.raises(NotAllowed, match="who asked can take it back"):
        withdraw_request(session, obligation_id=duty.id, by=rita, now=NOW)
    withdraw_request(session, obligation_id=duty.id, by=ada, now=NOW)
    with pytest.raises(AlreadyDone, match="withdrawn by Ada Coordinator"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    assert claim_message(session, message.id, now=NOW) is None
    assert message.status == "cancelled"


def test_what_is_asked_lapses_when_the_duty_is_settled(session, duty, ada, rita):
    """Nobody has to decide any more, not even when the record is withdrawn; the message says so."""
    request, message = asks(session, duty, ada)
    for on in (date(2026, 3, 2), date(2026, 11, 20)):
        record_meeting(session, alliance_id=duty.alliance_id, on=on, held=True, format="both", by=ada, now=NOW)
    assert request.status == "lapsed"
    assert "Lapsed on November 23, 2026" in message_words(show_message(session, message.id, now=NOW))["text"]
    with pytest.raises(AlreadyDone, match="settled"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)


def test_past_a_target_a_snooze_takes_a_reason_only(session, duty, ada):
    """An office's own target is no legal date: nobody else is asked."""
    duty.basis = "office"
    session.flush()
    with pytest.raises(Refused, match="give the reason"):
        snooze_reminder(session, obligation_id=duty.id, until=UNTIL, by=ada, now=NOW)
    snooze_reminder(session, obligation_id=duty.id, until=UNTIL, reason="Hall is closed", by=ada, now=NOW)
    assert (duty.snoozed_until, duty.snooze_agreed_by) == (UNTIL, None)


def test_a_waiver_is_asked_for_and_given_by_who_may(session, portfolio, field, duty):
    """The coordinator of the region may waive nothing: the area director decides, and the waiver names her."""
    ada, rita = field.coordinator, field.regional_coordinator
    dora = portfolio.person("U0DORA", (Role.AREA_DIRECTOR, field.area), name="Dora Director")
    request, message = asks(session, duty, ada, kind=RequestKind.WAIVE, until=None, reason="Merged")
    assert message.channel == "U0DORA"
    with pytest.raises(NotAllowed, match="somebody above"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=dora, now=NOW)
    assert (duty.settled, duty.settled_by, duty.reason) == ("waived", "Dora Director", "Merged")
    assert request.status == "approved"
    assert (
        session.scalars(select(Notice.id).where(Notice.status == "pending", Notice.obligation_id == duty.id)).all()
        == []
    )


def test_where_nobody_can_be_written_to_the_request_goes_to_the_channel(session, field, duty, ada, rita):
    """The official's account is gone: the office's channel gets the message, which says why."""
    person = session.get_one(Person, rita.person_id)
    person.unreachable_since = person.probed_at = NOW
    person.unreachable_why = "has a Slack account that is deactivated"
    _, message = asks(session, duty, ada)
    assert (message.channel, message.person_id) == ("C0REGION", None)
