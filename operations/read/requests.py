"""What is asked of officials: what became of it, and who can decide it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office, Person, Position
from models.requests import Request
from operations.actor import Actor, identify, office_day, office_line
from operations.refusals import Refused
from policy.requests import RequestKind, RequestStatus, deciding_roles
from policy.rights import DCSP_OFFICES, HeldPosition, Role, may


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who can decide a request, and by which position."""

    person: Person
    #: With whom a designee acts for.
    name: str
    role: Role
    office: Office


@dataclass(frozen=True, slots=True)
class Requested:
    """A request as a row shows it."""

    id: uuid.UUID
    kind: RequestKind
    status: RequestStatus
    until: date | None
    reason: str
    asked_by: str
    #: Name and position of who is to decide; None once it is decided, and while nobody can.
    waits_for: str | None
    #: Slack ids of all who can decide.
    deciders: frozenset[str]
    decided_by: str | None
    decided_on: date | None
    decided_why: str | None


def find_deciders(
    session: Session, kind: RequestKind, row: Obligation, asker: Actor, *, now: datetime
) -> list[Decider]:
    """List who can decide what a person asks for a duty: officials above that person, the nearest first.

    Neither who asks nor their designee is among them; of a waiver, nor who owes the duty.
    """
    office = session.get_one(Office, row.office_id)
    line = office_line(session, office.id)
    roles = deciding_roles(kind, office.kind, [position.role for position in asker.positions])
    found = session.execute(
        select(Position, Person, Office)
        .join(Person, Person.id == Position.person_id)
        .join(Office, Office.id == Position.office_id)
        .where(
            Position.role.in_(roles),
            Office.code.in_({*line, *DCSP_OFFICES}),
            Person.id != asker.person_id,
            Position.acting_for_id.is_distinct_from(asker.person_id),
        )
        .order_by(Position.acting_for_id.is_not(None), Position.held_from, Position.id)
    )
    deciders = []
    for position, person, seat in found:
        held = HeldPosition(Role(position.role), seat.code)
        by = identify(session, person.slack_id, now=now)
        owes = kind is RequestKind.WAIVE and held == HeldPosition(held.role, office.code) and held.role == row.owner
        if held in by.positions and may(kind.verb, [held], line) and not owes:
            deciders.append(Decider(person, by.name, held.role, seat))
    return sorted(deciders, key=lambda decider: roles.index(decider.role))


def read_requests(session: Session, ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Requested]:
    """Read the latest request for each of these duties, where it is open or was declined."""
    latest: dict[uuid.UUID, Requested] = {}
    query = select(Request, Obligation).join(Obligation, Obligation.id == Request.obligation_id)
    for request, row in session.execute(
        query.where(Request.obligation_id.in_(ids), Request.status != RequestStatus.WITHDRAWN).order_by(
            Request.status == RequestStatus.OPEN, Request.asked_at
        )
    ):
        latest.pop(row.id, None)
        if request.status in {RequestStatus.OPEN, RequestStatus.DECLINED}:
            latest[row.id] = show_request(session, request, row, now=now)
    return latest


def show_request(session: Session, request: Request, row: Obligation, *, now: datetime) -> Requested:
    """Show a request as it stands."""
    kind, status, deciders = RequestKind(request.kind), RequestStatus(request.status), []
    office = session.get_one(Office, row.office_id)
    if status is RequestStatus.OPEN:
        deciders = find_deciders(session, kind, row, asker_of(session, request, now=now), now=now)
    return Requested(
        id=request.id,
        kind=kind,
        status=status,
        until=request.until,
        reason=request.reason,
        asked_by=request.asked_by,
        waits_for=f"{deciders[0].name} ({deciders[0].role})" if deciders else None,
        deciders=frozenset(decider.person.slack_id for decider in deciders),
        decided_by=request.decided_by,
        decided_on=None if request.decided_at is None else office_day(request.decided_at, office.timezone),
        decided_why=request.decided_why,
    )


def asker_of(session: Session, request: Request, *, now: datetime) -> Actor:
    """Return who asked, with the positions held today."""
    return identify(session, session.get_one(Person, request.asked_by_id).slack_id, now=now)


def duty_of_request(session: Session, request_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the duty that a request is about.

    Raises:
        Refused: There is no such request.
    """
    found = session.get(Request, request_id)
    if found is None:
        raise Refused("This request is no longer on record.")
    return found.obligation_id


def waiting_for(session: Session, slack_id: str, *, now: datetime) -> list[Obligation]:
    """List the duties for which something is asked that a person can decide."""
    query = select(Request, Obligation).join(Obligation, Obligation.id == Request.obligation_id)
    rows = session.execute(query.where(Request.status == RequestStatus.OPEN).order_by(Request.asked_at))
    return [row for request, row in rows if slack_id in show_request(session, request, row, now=now).deciders]
