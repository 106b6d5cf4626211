"""What follows a change of hands: assigned duties, what is asked, and what nobody answers for."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, write_noted
from models.duties import Message, MessageKind, Obligation
from models.offices import Position
from models.requests import Request
from operations.hands.change_position import end_position
from operations.hands.follow_hands import follow_hands
from operations.read.message import show_message
from operations.read.ownerless import read_ownerless
from operations.remind.ask_decision import ask_decision, decide_request
from operations.remind.assign_duty import assign_duty
from operations.remind.check_rules import check_rules
from policy.requests import RequestKind, RequestStatus
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.test_requests import counted

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def chief(portfolio, field):
    """An administrator of the National Office."""
    return portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national), name="Chris Chief")


@pytest.fixture
def duty(session, alliance):
    """The meetings of the alliance."""
    return session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()


def leaves(session, by, actor, last_day):
    """End the only position of a person."""
    position = session.scalars(select(Position.id).where(Position.person_id == actor.person_id)).one()
    return end_position(session, position_id=position, last_day=last_day, by=by, now=NOW)


def messages(session, kind):
    """Return the messages of a kind."""
    return session.scalars(select(Message).where(Message.kind == kind).order_by(Message.created_at, Message.id)).all()


def test_a_duty_goes_back_to_the_office_when_its_person_left(session, portfolio, field, duty, chief):
    """The day after the last one, with a message to the office's channel; what was done stays in the audit."""
    pat = portfolio.person("U0PAT0001", (Role.ALLIANCE_COORDINATOR, field.area), name="Pat Parting")
    assign_duty(session, obligation_id=duty.id, person_id=pat.person_id, by=field.coordinator, now=NOW)
    assert leaves(session, chief, pat, TODAY).returned == 0
    assert follow_hands(session, now=NOW) == 0
    assert follow_hands(session, now=TOMORROW) == 1
    assert duty.assigned_to_id is None
    (message,) = messages(session, MessageKind.RETURNED)
    assert (message.channel, message.shows) == ("C0AREA", [duty.id])
    shown = show_message(session, message.id, now=TOMORROW)
    assert [one.rule for one in shown.duties] == ["meetings"]
    assert follow_hands(session, now=TOMORROW) == 0
    write_noted(session)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "obligation:unassigned")).one()
    assert (entry.actor, entry.data["had"]) == ("change of hands", "Pat Parting")


def test_an_end_in_the_past_takes_effect_at_once(session, portfolio, field, duty, chief):
    """Who left last week has nothing any more when it is entered."""
    pat = portfolio.person("U0PAT0001", (Role.ALLIANCE_COORDINATOR, field.area), name="Pat Parting")
    assign_duty(session, obligation_id=duty.id, person_id=pat.person_id, by=field.coordinator, now=NOW)
    assert leaves(session, chief, pat, TODAY - timedelta(days=7)).returned == 1
    assert duty.assigned_to_id is None


def test_who_changed_office_in_the_same_line_keeps_a_duty(session, portfolio, field, duty, chief):
    """Another position there, above or below is enough."""
    pat = portfolio.person("U0PAT0001", (Role.ALLIANCE_COORDINATOR, field.area), name="Pat Parting")
    assign_duty(session, obligation_id=duty.id, person_id=pat.person_id, by=field.coordinator, now=NOW)
    row = session.scalars(select(Position).where(Position.person_id == pat.person_id)).one()
    session.add(
        Position(
            person_id=pat.person_id, office_id=field.region.id, role=Role.REGIONAL_COORDINATOR.value, held_from=TODAY
        )
    )
    end_position(session, position_id=row.id, last_day=TODAY, by=chief, now=NOW)
    assert follow_hands(session, now=TOMORROW) == 0
    assert duty.assigned_to_id == pat.person_id


def test_a_request_goes_to_who_can_decide_it_now(portfolio, field, duty, director, chief):
    """The newcomer is written to once; the old message shows it, and the newcomer decides."""
    session = portfolio.session
    ask_decision(
        session, obligation_id=duty.id, kind=RequestKind.WAIVE, reason="Nobody is left", by=field.coordinator, now=NOW
    )
    (first,) = messages(session, MessageKind.REQUEST)
    assert first.person_id == director.person_id
    leaves(session, chief, director, TODAY)
    assert follow_hands(session, now=TOMORROW) == 0
    assert len(messages(session, MessageKind.REQUEST)) == 1, "nobody can decide it yet"
    nora = portfolio.person("U0NORA001", (Role.AREA_DIRECTOR, field.area), name="Nora Next")
    follow_hands(session, now=TOMORROW)
    follow_hands(session, now=TOMORROW)
    _, second = messages(session, MessageKind.REQUEST)
    assert second.person_id == nora.person_id
    request = session.scalars(select(Request)).one()
    decide_request(session, request_id=request.id, approve=False, why="Not yet", by=nora, now=TOMORROW)
    assert request.status == RequestStatus.DECLINED


def test_what_nobody_answers_for(session, portfolio, field, alliance):
    """Duties by position, a request, an official, a channel; each goes once somebody is there."""
    portfolio.person("U0DCSP001", (Role.DCSP_STAFF, field.national))
    found = read_ownerless(session, now=NOW)
    assert found.duties == ()
    assert found.channels == ()
    for row in session.scalars(select(Position).where(Position.person_id == field.coordinator.person_id)):
        session.delete(row)
    field.area.channel = field.region.channel = field.national.channel = None
    session.flush()
    found = read_ownerless(session, now=NOW)
    assert {one.what for one in found.duties} >= {"meetings", "evaluation"}
    assert {one.office_code for one in found.channels} == {"0317300", "OSHA-NO"}
    portfolio.person("U0ABOVE01", (Role.ALLIANCE_COORDINATOR, field.region))
    field.national.channel = "C0NATIONAL"
    session.flush()
    found = read_ownerless(session, now=NOW)
    assert (found.duties, found.channels) == ((), ())


def test_a_missing_official_above_is_listed(session, portfolio, field):
    """Of a region's own alliance the Regional Administrator, of an area office's the region's coordinator."""
    portfolio.alliance("Region's own", field.region, level="regional")
    check_rules(session, now=NOW)
    missing = {(one.what, one.office_code) for one in read_ownerless(session, now=NOW).officials}
    assert missing == {("Regional Administrator", "REG-PHI"), ("OOSA director", "OSHA-NO")}
    portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region))
    portfolio.person("U0OOSA001", (Role.OOSA_DIRECTOR, field.national))
    assert read_ownerless(session, now=NOW).officials == ()


def test_an_assigned_duty_has_an_owner(session, portfolio, field, alliance, director):
    """Whoever it is assigned to, as long as they hold a position for it."""
    for row in session.scalars(select(Position).where(Position.person_id == field.coordinator.person_id)):
        session.delete(row)
    session.flush()
    found = read_ownerless(session, now=NOW)
    first = next(one for one in found.duties if one.about == alliance.name)
    assign_duty(session, obligation_id=first.id, person_id=director.person_id, by=director, now=NOW)
    assert first not in read_ownerless(session, now=NOW).duties


def test_a_request_that_nobody_can_decide_is_listed(session, field, duty, director, chief):
    """As soon as the last who could decide it left."""
    ask_decision(
        session, obligation_id=duty.id, kind=RequestKind.WAIVE, reason="Nobody is left", by=field.coordinator, now=NOW
    )
    assert read_ownerless(session, now=NOW).requests == ()
    change = leaves(session, chief, director, TODAY)
    assert [one.owner for one in change.left.requests] == ["Ada Coordinator"]
    assert [one.owner for one in read_ownerless(session, now=TOMORROW).requests] == ["Ada Coordinator"]


def test_what_nobody_can_decide_costs_the_same_however_much_it_is(session, portfolio, field, alliance):
    """One request or twenty: as many statements."""
    for number in range(19):
        portfolio.alliance(f"Alliance {number}", field.area)
    check_rules(session, now=NOW)
    duties = session.scalars(select(Obligation.id).where(Obligation.rule == "meetings")).all()
    asked_by = {"asked_by_id": field.coordinator.person_id, "asked_by": "Ada Coordinator", "asked_at": NOW}
    counts = []
    for some in (duties[:1], duties[1:20]):
        told = {"kind": RequestKind.WAIVE, "reason": "Nobody is left"} | asked_by
        session.add_all(Request(id=uuid.uuid4(), obligation_id=id, **told) for id in some)
        session.flush()
        session.expire_all()
        with counted(session) as statements:
            counts.append((len(read_ownerless(session, now=NOW).requests), len(statements)))
    assert [found for found, _ in counts] == [1, 20]
    assert len({sent for _, sent in counts}) == 1


def test_people_are_found_by_name(session, field):
    """A part of the name is enough."""
    from operations.read.people import find_people  # noqa: PLC0415

    assert find_people(session, "coord") == [("U0COORD01", "Ada Coordinator")]
