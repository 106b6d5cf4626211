"""A duty is given to a person: by whom, to whom, shown where, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.messages import message_words, reminder_message
from models.audit import AuditEntry, write_noted
from models.duties import Message, Obligation
from models.offices import Person, Position
from operations.actor import identify
from operations.read.assignable import find_assignable
from operations.read.message import show_message
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.assign_duty import assign_duty, unassign_duty, undo_assignment
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.steer_reminder import pass_on
from policy.rights import Role
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW
from tests.operations.test_reminders import meetings_duty, send


@pytest.fixture
def duty(session, portfolio, field):
    """The duty of an area office's alliance to meet."""
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return meetings_duty(session)


@pytest.fixture
def designee(session, portfolio, field):
    """Who acts for the coordinator of the region."""
    portfolio.person("U0DESIGN", name="Ben Deputy")
    ben = session.scalars(select(Person).where(Person.slack_id == "U0DESIGN")).one()
    held = session.scalars(select(Position).where(Position.office_id == field.region.id)).one()
    session.add(
        Position(
            person_id=ben.id,
            office_id=field.region.id,
            role=held.role,
            held_from=held.held_from,
            acting_for_id=held.person_id,
        )
    )
    session.flush()
    return identify(session, "U0DESIGN", now=NOW)


def words_of(session, message_id):
    """Return the plain text of a reminder."""
    return reminder_message(show_message(session, message_id, now=NOW))["text"]


def test_a_reminder_says_to_whom_a_duty_is_assigned(session, field, duty):
    """What stands in the channel waits to be rewritten, and mentions who is to do it."""
    message_id = send(session, field.area)
    assign_duty(
        session,
        obligation_id=duty.id,
        person_id=field.coordinator.person_id,
        note="Call La Plaza first",
        by=field.regional_coordinator,
        now=NOW,
    )
    session.flush()
    assert message_id in waiting_messages(session, now=NOW)
    said = words_of(session, message_id)
    assert "Assigned to Ada Coordinator (<@U0COORD01>) by Person U0REGION1: Call La Plaza first." in said


def told(session):
    """Read the direct messages about assignments."""
    return session.scalars(select(Message).where(Message.kind == "assigned").order_by(Message.created_at)).all()


def test_who_is_assigned_a_duty_is_told_by_whom_what_and_until_when(session, field, duty):
    """One direct message, at once; who assigns a duty to themselves gets none."""
    ada, rita = field.coordinator, field.regional_coordinator
    assign_duty(session, obligation_id=duty.id, person_id=ada.person_id, note="Please", by=rita, now=NOW)
    (message,) = told(session)
    assert (message.channel, message.person_id, message.status) == ("U0COORD01", ada.person_id, "pending")
    words = message_words(show_message(session, message.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    assert "For Ada Coordinator: a duty is assigned to you" in words["text"]
    assert "Due Wednesday, December 9, 2026" in words["text"]
    assert "Assigned to Ada Coordinator by Person U0REGION1: Please." in words["text"]
    assert claim_message(session, message.id, now=NOW) is not None
    assign_duty(session, obligation_id=duty.id, person_id=rita.person_id, by=rita, now=NOW)
    assert told(session) == [message]
    words = message_words(show_message(session, message.id, now=NOW))
    assert "this duty is no longer assigned to you" in words["text"]


def test_an_assignment_taken_back_before_it_was_told_is_not_told(session, field, duty):
    """The message is cancelled rather than posted."""
    assign_duty(
        session, obligation_id=duty.id, person_id=field.coordinator.person_id, by=field.regional_coordinator, now=NOW
    )
    unassign_duty(session, obligation_id=duty.id, by=field.regional_coordinator, now=NOW)
    (message,) = told(session)
    assert claim_message(session, message.id, now=NOW) is None
    assert message.status == "cancelled"


def test_who_cannot_be_written_to_is_told_in_the_channel(session, field, duty):
    """The message says for whom it is and why it stands there."""
    person = session.get_one(Person, field.coordinator.person_id)
    person.unreachable_since = person.probed_at = NOW
    person.unreachable_why = "has a Slack account that is deactivated"
    assign_duty(session, obligation_id=duty.id, person_id=person.id, by=field.regional_coordinator, now=NOW)
    (message,) = told(session)
    assert message.channel == field.area.channel
    words = message_words(show_message(session, message.id, now=NOW))
    assert "It came here because Ada Coordinator has a Slack account that is deactivated." in words["text"]


def test_a_designee_is_named_with_whom_they_act_for(session, field, duty, designee):
    """Both names stand in the list, in the reminder and in the audit."""
    label = dict(find_assignable(session, duty.id, "ben", now=NOW))[designee.person_id]
    assert label == ("Ben Deputy (for Person U0REGION1), Regional Alliance Program Coordinator, Office REG-PHI")
    assign_duty(session, obligation_id=duty.id, person_id=designee.person_id, by=field.coordinator, now=NOW)
    assert duty.assigned_as == "Ben Deputy (for Person U0REGION1)"


def test_only_who_records_at_the_office_or_above_or_below_can_be_given_a_duty(session, portfolio, field, duty):
    """The own office comes first; solicitors, other areas and people without a position are not offered."""
    other = portfolio.office("0317900", parent=field.region)
    portfolio.person("U0OTHER", (Role.ALLIANCE_COORDINATOR, other))
    stays_out = portfolio.person("U0LAW", (Role.SOLICITOR, field.area))
    offered = [id for id, _ in find_assignable(session, duty.id, now=NOW)]
    assert offered == [field.coordinator.person_id, field.regional_coordinator.person_id]
    with pytest.raises(Refused, match="Choose somebody of the list"):
        assign_duty(session, obligation_id=duty.id, person_id=stays_out.person_id, by=field.coordinator, now=NOW)


def test_who_may_not_record_for_the_office_may_not_assign(session, field, duty):
    """It takes a position at the office or above."""
    with pytest.raises(NotAllowed, match="assign a duty to a person"):
        assign_duty(session, obligation_id=duty.id, person_id=field.coordinator.person_id, by=field.stranger, now=NOW)


def test_undo_gives_a_duty_back_to_who_had_it(session, field, duty):
    """The second assignment is undone: the first holds again; a second undo changes nothing."""
    ada, rita = field.coordinator, field.regional_coordinator
    assign_duty(session, obligation_id=duty.id, person_id=ada.person_id, note="Yours", by=rita, now=NOW)
    outcome = assign_duty(session, obligation_id=duty.id, person_id=rita.person_id, by=ada, now=NOW)
    write_noted(session)
    _, name = undo_assignment(session, record=outcome.record, by=ada, now=NOW)
    assert (name, duty.assigned_to_id, duty.assigned_note) == ("Ada Coordinator", ada.person_id, "Yours")
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_assignment(session, record=outcome.record, by=ada, now=NOW)


def test_what_was_assigned_anew_is_not_undone(session, field, duty):
    """Undo does not reach past what somebody did since."""
    ada, rita = field.coordinator, field.regional_coordinator
    outcome = assign_duty(session, obligation_id=duty.id, person_id=ada.person_id, by=rita, now=NOW)
    write_noted(session)
    assign_duty(session, obligation_id=duty.id, person_id=rita.person_id, by=rita, now=NOW)
    with pytest.raises(Refused, match="assigned anew since"):
        undo_assignment(session, record=outcome.record, by=ada, now=NOW)


def test_unassigning_is_audited_and_can_be_undone(session, field, duty):
    """Nobody in particular has it; again a second time is refused."""
    ada = field.coordinator
    assign_duty(session, obligation_id=duty.id, person_id=ada.person_id, by=ada, now=NOW)
    outcome = unassign_duty(session, obligation_id=duty.id, by=ada, now=NOW)
    write_noted(session)
    with pytest.raises(AlreadyDone, match="assigned to nobody"):
        unassign_duty(session, obligation_id=duty.id, by=ada, now=NOW)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.contains("assigned")).order_by(AuditEntry.seq))
    assert [(e.action, e.actor) for e in entries] == [
        ("obligation:assigned", "Ada Coordinator"),
        ("obligation:unassigned", "Ada Coordinator"),
    ]
    _, name = undo_assignment(session, record=outcome.record, by=ada, now=NOW)
    assert name == "Ada Coordinator"


def test_another_office_says_anew_who_does_it(session, field, duty):
    """What is passed on is assigned to nobody at first."""
    ada = field.coordinator
    assign_duty(session, obligation_id=duty.id, person_id=ada.person_id, by=ada, now=NOW)
    pass_on(session, obligation_id=duty.id, office_code="REG-PHI", reason="Theirs", by=ada, now=NOW)
    assert session.get_one(Obligation, duty.id).assigned_to_id is None
