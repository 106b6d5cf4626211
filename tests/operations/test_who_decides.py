"""Who decides, and takes back, on days after the one on which it was asked; and one click that arrives twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.alliances import AllianceOffice
from models.approvals import ApprovalDecision
from models.audit import write_noted
from models.offices import Position
from models.requests import Request
from operations.actor import identify
from operations.approve.ask_approval import withdraw_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.undo_decision import undo_decision
from operations.hands.change_position import name_designee, undo_position
from operations.read.approvals import show_approval
from operations.read.requests import show_request, waiting_for
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.ask_decision import ask_decision, decide_request
from operations.remind.check_rules import check_rules
from policy.approval import Approved, Verdict, Waiting
from policy.requests import RequestKind
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import a_proposal, proposed
from tests.operations.test_approvals import ask, decide, keep
from tests.operations.test_reminders import meetings_duty

DAY = timedelta(days=1)


@pytest.fixture
def ada(field):
    """The coordinator of the area office, who asks."""
    return field.coordinator


@pytest.fixture
def harbor(session, field):
    """A proposed area alliance."""
    return proposed(session, a_proposal(field.area), field.coordinator)


def leave(session, person, last):
    """Let all positions of a person end on a day."""
    for row in session.scalars(select(Position).where(Position.person_id == person.person_id)):
        row.held_until = last
    session.flush()


def test_what_was_asked_in_an_officials_name_is_not_theirs_to_decide_later(session, portfolio, field, harbor, director):
    """The designee's last day has passed, and the request is still the official's own."""
    deputy = portfolio.person("U0DEPUTY1", (Role.ALLIANCE_COORDINATOR, field.area), name="Dee Puty")
    acts = {"role": Role.AREA_DIRECTOR.value, "held_from": TODAY, "held_until": TODAY}
    session.add(Position(person_id=deputy.person_id, office_id=field.area.id, acting_for_id=director.person_id, **acts))
    session.flush()
    deputy = identify(session, "U0DEPUTY1", now=NOW)
    keep(session, harbor, deputy)
    approval = ask(session, harbor, deputy)
    with pytest.raises(NotAllowed, match="asked for this as your designee"):
        decide(session, approval, director, now=NOW + DAY)


def test_a_designee_who_asked_is_not_taken_back_to_decide_it(session, portfolio, field, harbor, director):
    """The entry of who asked in an official's name can be taken back once nothing waits that they asked."""
    portfolio.person("U0DEPUTY1", (Role.ALLIANCE_COORDINATOR, field.area), name="Dee Puty")
    held = session.scalars(select(Position).where(Position.person_id == director.person_id)).one()
    about = {"slack_id": "U0DEPUTY1", "name": "Dee Puty", "held_from": TODAY, "held_until": TODAY + DAY}
    named = name_designee(session, position_id=held.id, **about, by=director, now=NOW)
    deputy = identify(session, "U0DEPUTY1", now=NOW)
    keep(session, harbor, deputy)
    approval = ask(session, harbor, deputy)
    write_noted(session)
    with pytest.raises(Refused, match="Dee Puty has asked officials for something since they were named"):
        undo_position(session, record=named.record, by=director, now=NOW)
    withdraw_approval(session, approval_id=approval.id, by=deputy, now=NOW)
    undo_position(session, record=named.record, by=director, now=NOW)


def test_who_left_takes_nothing_back(session, harbor, ada, director):
    """Neither a decision nor what they asked: it is for who works there today."""
    keep(session, harbor, ada)
    approval = ask(session, harbor, ada)
    done = decide(session, approval, director)
    leave(session, director, TODAY)
    later = {"now": NOW + DAY}
    gone = identify(session, director.slack_id, **later)
    with pytest.raises(NotAllowed, match="You no longer hold a position that decides this"):
        undo_decision(session, record=done.record, by=gone, **later)
    keep(session, harbor, ada, goals="No falls")
    again = ask(session, harbor, ada)
    leave(session, ada, TODAY)
    with pytest.raises(NotAllowed, match="You may not record what a signing"):
        withdraw_approval(session, approval_id=again.id, by=identify(session, ada.slack_id, **later), **later)


def test_one_click_that_arrives_twice_decides_once(session, portfolio, field, harbor):
    """Who acts for two empty seats decides for the second only once the card shows the first."""
    rae = portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    other = portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    session.add(AllianceOffice(alliance_id=harbor.id, office_id=other.id, rank=1))
    session.flush()
    keep(session, harbor, field.coordinator)
    approval = ask(session, harbor, field.coordinator)

    def click(seen):
        about = {"approval_id": approval.id, "verdict": Verdict.APPROVE, "seen": seen}
        return decide_approval(session, by=rae, now=NOW, **about).standing

    seen = show_approval(session, approval.id, now=NOW).latest
    assert isinstance(click(seen), Waiting)
    with pytest.raises(AlreadyDone, match=r"Rae Regional .* approved this on November 23, 2026, at 9:00 AM; nothing"):
        click(seen)
    assert len(session.scalars(select(ApprovalDecision)).all()) == 1
    assert click(show_approval(session, approval.id, now=NOW).latest) == Approved()


@pytest.mark.parametrize("kind", list(RequestKind))
def test_what_was_asked_for_a_duty_in_an_officials_name_is_not_theirs_later(session, portfolio, field, director, kind):
    """The next official above decides, and sees it; the one whose designee asked does not, and is not asked."""
    rae = portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    duty = meetings_duty(session)
    deputy = portfolio.person("U0DEPUTY1", (Role.ALLIANCE_COORDINATOR, field.area), name="Dee Puty")
    acts = {"role": Role.AREA_DIRECTOR.value, "held_from": TODAY, "held_until": TODAY}
    session.add(Position(person_id=deputy.person_id, office_id=field.area.id, acting_for_id=director.person_id, **acts))
    session.flush()
    until = TODAY + 25 * DAY if kind is RequestKind.SNOOZE else None
    deputy = identify(session, "U0DEPUTY1", now=NOW)
    ask_decision(
        session, obligation_id=duty.id, kind=kind, reason="The hall is closed", until=until, by=deputy, now=NOW
    )
    request, later = session.scalars(select(Request)).one(), NOW + DAY
    with pytest.raises(NotAllowed, match="asked for this as your designee"):
        decide_request(session, request_id=request.id, approve=True, by=director, now=later)
    assert waiting_for(session, director.slack_id, now=later) == []
    shown = show_request(session, request, duty, now=later)
    assert director.slack_id not in shown.deciders
    assert rae.slack_id in shown.deciders
    decide_request(session, request_id=request.id, approve=True, by=rae, now=later)
    assert request.decided_by == "Rae Regional"
