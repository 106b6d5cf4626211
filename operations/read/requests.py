"""What is asked of officials: what became of it, and who can decide it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office, Person, Position
from models.requests import Request
from operations.actor import Actor, identify, identify_all, office_day
from operations.asked_by import barred_by, runs
from operations.refusals import Refused
from policy.requests import DECIDING, RequestKind, RequestStatus, deciding_roles
from policy.rights import DCSP_OFFICES, HeldPosition, Role, may, owes


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
    #: Slack ids of those of whom it is asked, the nearest above, and of all who can decide.
    asked: frozenset[str]
    deciders: frozenset[str]
    decided_by: str | None
    decided_on: date | None
    decided_why: str | None


@dataclass(frozen=True, slots=True)
class _Officials:
    """Who may decide anything, and the offices: read once for all requests that are looked at together."""

    offices: Mapping[int, Office]
    #: Positions that decide, held at any time, by who came first, designees last.
    held: Sequence[tuple[Position, Person, Office]]
    #: As whom these people act today, by their ids.
    actors: Mapping[int, Actor]
    #: Codes of the offices of each alliance.
    of_alliance: Mapping[int, frozenset[str]]

    def line(self, office_id: int) -> tuple[str, ...]:
        """Return the codes of an office and of those above it, the nearest first."""
        codes, at = [], self.offices.get(office_id)
        while at is not None:
            codes.append(at.code)
            at = None if at.parent_id is None else self.offices[at.parent_id]
        return tuple(codes)


def _read_officials(session: Session, rows: Iterable[Obligation], *, now: datetime) -> _Officials:
    held = session.execute(
        select(Position, Person, Office)
        .join(Person, Person.id == Position.person_id)
        .join(Office, Office.id == Position.office_id)
        .where(Position.role.in_(DECIDING))
        .order_by(Position.acting_for_id.is_not(None), Position.held_from, Position.id)
    ).all()
    taking_part: dict[int, set[str]] = {}
    for alliance_id, code in session.execute(
        select(AllianceOffice.alliance_id, Office.code)
        .join(Office, Office.id == AllianceOffice.office_id)
        .where(AllianceOffice.alliance_id.in_({row.alliance_id for row in rows if row.alliance_id is not None}))
    ):
        taking_part.setdefault(alliance_id, set()).add(code)
    return _Officials(
        offices={office.id: office for office in session.scalars(select(Office))},
        held=[(position, person, office) for position, person, office in held],
        actors=identify_all(session, [person for _, person, _ in held], now=now),
        of_alliance={id: frozenset(codes) for id, codes in taking_part.items()},
    )


def find_deciders(
    session: Session,
    kind: RequestKind,
    row: Obligation,
    asker: Actor,
    *,
    now: datetime,
    asked_at: datetime | None = None,
) -> list[Decider]:
    """List who can decide what a person asks for a duty: officials above that person, the nearest first.

    Neither who asks is among them nor in whose name, nor a designee of either; of a waiver, nor who owes the duty.
    `asked_at` is when it was asked; None: now.
    """
    asked = asker.person_id or 0, asked_at or now
    barred = barred_by(session, [asked], now=now)[asked]
    return _find(_read_officials(session, [row], now=now), kind, row, asker, barred, now=now)


def _find(
    officials: _Officials,
    kind: RequestKind,
    row: Obligation,
    asker: Actor,
    barred: Collection[int],
    *,
    now: datetime,
) -> list[Decider]:
    office, line = officials.offices[row.office_id], officials.line(row.office_id)
    roles = deciding_roles(kind, office.kind, [position.role for position in asker.positions])
    answering = {office.code, *officials.of_alliance.get(row.alliance_id or 0, ())}
    deciders = []
    for position, person, seat in officials.held:
        role = Role(position.role)
        own = not {person.id, position.acting_for_id}.isdisjoint(barred)
        if role not in roles or own or seat.code not in {*line, *DCSP_OFFICES}:
            continue
        holds = runs(position, seat.timezone, now)
        by = officials.actors[person.id]
        owing = kind is RequestKind.WAIVE and owes(row.owner, by.name, by.positions, answering)
        if holds and may(kind.verb, [HeldPosition(role, seat.code)], line) and not owing:
            deciders.append(Decider(person, by.name, role, seat))
    return sorted(deciders, key=lambda decider: roles.index(decider.role))


def nearest(deciders: Sequence[Decider]) -> list[Decider]:
    """Return those of whom it is asked: who holds the nearest position above, with its designee."""
    first = next(iter(deciders), None)
    return [] if first is None else [d for d in deciders if (d.role, d.office.id) == (first.role, first.office.id)]


def read_requests(session: Session, ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Requested]:
    """Read the latest request for each of these duties, where it is open or was declined."""
    latest: dict[uuid.UUID, tuple[Request, Obligation]] = {}
    for request, row in session.execute(_ASKED, {"ids": list(ids)}):
        latest[row.id] = request, row
    standing = {RequestStatus.OPEN, RequestStatus.DECLINED}
    told = {id: pair for id, pair in latest.items() if pair[0].status in standing}
    return dict(zip(told, _show(session, list(told.values()), now=now), strict=True))


def show_request(session: Session, request: Request, row: Obligation, *, now: datetime) -> Requested:
    """Show a request as it stands."""
    return _show(session, [(request, row)], now=now)[0]


def _show(session: Session, pairs: Sequence[tuple[Request, Obligation]], *, now: datetime) -> list[Requested]:
    """Show requests, each with its duty: however many they are, the officials are read once."""
    if not pairs:
        return []
    officials = _read_officials(session, [row for _, row in pairs], now=now)
    people = session.scalars(select(Person).where(Person.id.in_({request.asked_by_id for request, _ in pairs})))
    askers = identify_all(session, people.all(), now=now)
    barred = barred_by(session, [(request.asked_by_id, request.asked_at) for request, _ in pairs], now=now)
    return [
        _shown(
            officials,
            askers[request.asked_by_id],
            request,
            row,
            barred[request.asked_by_id, request.asked_at],
            now=now,
        )
        for request, row in pairs
    ]


def _shown(
    officials: _Officials, asker: Actor, request: Request, row: Obligation, barred: Collection[int], *, now: datetime
) -> Requested:
    kind, status = RequestKind(request.kind), RequestStatus(request.status)
    deciders = _find(officials, kind, row, asker, barred, now=now) if status is RequestStatus.OPEN else []
    timezone = officials.offices[row.office_id].timezone
    return Requested(
        id=request.id,
        kind=kind,
        status=status,
        until=request.until,
        reason=request.reason,
        asked_by=request.asked_by,
        waits_for=f"{deciders[0].name} ({deciders[0].role})" if deciders else None,
        asked=frozenset(decider.person.slack_id for decider in nearest(deciders)),
        deciders=frozenset(decider.person.slack_id for decider in deciders),
        decided_by=request.decided_by,
        decided_on=None if request.decided_at is None else office_day(request.decided_at, timezone),
        decided_why=request.decided_why,
    )


def deciders_of(session: Session, request: Request, row: Obligation, *, now: datetime) -> list[Decider]:
    """List who can decide a request, with who asked as that person stands today."""
    asker = asker_of(session, request, now=now)
    return find_deciders(session, RequestKind(request.kind), row, asker, now=now, asked_at=request.asked_at)


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
    """List the duties for which something is asked of a person; what is asked of others, further below, is not."""
    return [row for row, asked in asked_of(session, now=now) if slack_id in asked]


def count_asked_by(session: Session, person_id: int) -> int:
    """Count what a person asked for duties and nobody decided yet."""
    mine = select(func.count()).where(Request.asked_by_id == person_id, Request.status == RequestStatus.OPEN)
    return session.scalar(mine) or 0


def asked_of(session: Session, *, now: datetime) -> list[tuple[Obligation, frozenset[str]]]:
    """List the duties for which something is asked, the longest first, each with the Slack ids of those asked."""
    return [(row, shown.asked) for row, shown in open_requests(session, now=now)]


def open_requests(
    session: Session, *, asked_by: int | None = None, now: datetime
) -> list[tuple[Obligation, Requested]]:
    """List what is asked, by a person or by anybody (None), and not decided, the longest first, each with its duty."""
    query = select(Request, Obligation).join(Obligation, Obligation.id == Request.obligation_id)
    if asked_by is not None:
        query = query.where(Request.asked_by_id == asked_by)
    rows = session.execute(query.where(Request.status == RequestStatus.OPEN).order_by(Request.asked_at)).all()
    pairs = [(request, row) for request, row in rows]
    return [(row, shown) for (_, row), shown in zip(pairs, _show(session, pairs, now=now), strict=True)]


#: Made once, as it is asked for with every message.
_ASKED = (
    select(Request, Obligation)
    .join(Obligation, Obligation.id == Request.obligation_id)
    .where(
        Request.obligation_id == any_(bindparam("ids", type_=ARRAY(Uuid))), Request.status != RequestStatus.WITHDRAWN
    )
    .order_by(Request.status == RequestStatus.OPEN, Request.asked_at)
)
