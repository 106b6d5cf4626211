"""What nobody answers for: duties, requests and approvals, officials who are missing, offices without a channel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Obligation
from models.offices import Office, Position
from operations.actor import office_day
from operations.approve.seat_holders import barred_of, find_all, is_stuck
from operations.approve.standing import approvals_in, waiting_approvals
from operations.gather_program import PROGRAM
from operations.read.requests import open_requests
from operations.remind.recipients import line_of, seat_above
from policy.chains import Purpose
from policy.duties import Modality, Owner
from policy.ladder import official_above
from policy.rights import RIGHTS, Role, Verb

#: How the owner of a duty begins who is the head of an office that is asked for comments.
HEAD_OF = "head of the "


@dataclass(frozen=True, slots=True, order=True)
class Without:
    """Something that nobody answers for."""

    office_name: str
    office_code: str
    #: The rule of a duty; the position that is missing; empty for a channel.
    what: str
    #: The alliance, where there is one.
    about: str = ""
    due_on: date | None = None
    #: The duty or request.
    id: uuid.UUID | None = None
    #: The position that owes a duty.
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Ownerless:
    """All of it, each in order of office."""

    #: Nobody holds the owing position at the office of the duty or above it, and it is assigned to nobody.
    duties: tuple[Without, ...] = ()
    #: Nobody is on record who could decide it.
    requests: tuple[Without, ...] = ()
    #: The official above an office with open duties: what climbs goes to a channel.
    officials: tuple[Without, ...] = ()
    #: No channel is set for an office with open duties or for one above it: its reminders reach nobody.
    channels: tuple[Without, ...] = ()
    #: What is before officials while too few of the positions are held, or acted for, to decide it.
    approvals: tuple[Without, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.duties or self.requests or self.officials or self.channels or self.approvals)

    @property
    def none(self) -> Ownerless:
        """Nothing of it."""
        return Ownerless()

    def without(self, before: Ownerless) -> Ownerless:
        """Return what was not there before."""
        parts = ("duties", "requests", "officials", "channels", "approvals")
        return Ownerless(*(tuple(x for x in getattr(self, p) if x not in getattr(before, p)) for p in parts))

    def at(self, codes: Iterable[str]) -> Ownerless:
        """Return what is of some offices."""
        known = set(codes)
        parts = (self.duties, self.requests, self.officials, self.channels, self.approvals)
        return Ownerless(*(tuple(x for x in part if x.office_code in known) for part in parts))


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds what on a day, and how the offices stand to each other."""

    offices: Mapping[int, Office]
    #: Ids of the people by position and office.
    holders: Mapping[tuple[str, int], frozenset[int]]

    def line(self, office_id: int) -> list[Office]:
        """Return an office and those above it."""
        return line_of(self.offices[office_id], self.offices)

    def holds_one(self, role: Role, office_id: int) -> bool:
        """Whether somebody holds a position at an office or at one above it."""
        return any((role.value, office.id) in self.holders for office in self.line(office_id))

    def below(self, office_id: int) -> list[int]:
        """Return the ids of an office and of those below it."""
        return [id for id in self.offices if office_id in {office.id for office in self.line(id)}]

    def can_do(self, person_id: int, office_id: int) -> bool:
        """Whether a person holds a position in which a duty of an office can be done: there, above it or below it."""
        places = {office.id for office in self.line(office_id)} | set(self.below(office_id))
        return any(person_id in self.holders.get((role, id), ()) for role in RECORDING for id in places)


#: Positions that may record; a directorate answers with comments.
RECORDING = tuple(role.value for role in Role if Verb.COMMENT in RIGHTS[role])


def read_held(session: Session, *, now: datetime, on: date | None = None) -> Held:
    """Read who holds what on a day, None: today, as days are counted at each office."""
    offices = {office.id: office for office in session.scalars(select(Office))}
    today = {office.id: on or office_day(now, office.timezone) for office in offices.values()}
    holders: dict[tuple[str, int], set[int]] = {}
    rows = session.execute(
        select(Position.role, Position.office_id, Position.person_id, Position.held_from, Position.held_until)
    )
    for role, office_id, person_id, first, last in rows:
        if first <= today[office_id] <= (last or date.max):
            holders.setdefault((role, office_id), set()).add(person_id)
    return Held(offices, {key: frozenset(people) for key, people in holders.items()})


def read_ownerless(session: Session, *, now: datetime, on: date | None = None) -> Ownerless:
    """Read what nobody answers for on a day, None: today; it says nothing of what opens until then."""
    held = read_held(session, now=now, on=on)
    at = now if on is None else max(now, datetime.combine(on, time(17), UTC))
    names = {id: name for id, name in session.execute(select(Alliance.id, Alliance.name))}  # noqa: C416 - a Row
    open_rows = session.scalars(
        select(Obligation)
        .where(Obligation.settled.is_(None), Obligation.modality != Modality.PERMISSION.value)
        .order_by(Obligation.due_on, Obligation.id)
    ).all()
    duties = []
    for row in open_rows:
        assigned = row.assigned_to_id is not None and held.can_do(row.assigned_to_id, row.office_id)
        if not assigned and _is_vacant(held, row):
            duties.append(_without(held, row, names))
    owing = sorted({row.office_id for row in open_rows})
    return Ownerless(
        tuple(sorted(duties, key=lambda one: (one.office_name, one.due_on or date.max, one.about, one.what))),
        tuple(_requests(session, held, names, at)),
        tuple(sorted(set(_officials(held, owing)))),
        tuple(sorted(_channels(held, owing))),
        tuple(sorted(_approvals(session, names, at))),
    )


def owning_role(owner: str) -> Role | None:
    """Return the position that owes a duty; None where a work plan names a person."""
    if owner.startswith(HEAD_OF):
        return Role.DIRECTORATE_HEAD
    if owner == Owner.DCSP.value:
        return Role.DCSP_STAFF
    return next((role for role in Role if role.value == owner), None)


def _is_vacant(held: Held, row: Obligation) -> bool:
    role = owning_role(row.owner)
    if role is None:
        # Whoever a work plan names need hold no position.
        return False
    if role is Role.DCSP_STAFF:
        # Its people may be entered at any of the units.
        return not any(name in {Role.DCSP_STAFF, Role.OOSA_DIRECTOR} for name, _ in held.holders)
    return not held.holds_one(role, row.office_id)


def _without(held: Held, row: Obligation, names: Mapping[int, str]) -> Without:
    office = held.offices[row.office_id]
    about = PROGRAM if row.alliance_id is None else names[row.alliance_id]
    return Without(office.name, office.code, row.rule, about, row.due_on, row.id, row.owner)


def _requests(session: Session, held: Held, names: Mapping[int, str], at: datetime) -> Iterable[Without]:
    for row, asked in open_requests(session, now=at):
        if not asked.deciders:
            yield replace(_without(held, row, names), id=asked.id, owner=asked.asked_by)


def _approvals(session: Session, names: Mapping[int, str], at: datetime) -> Iterable[Without]:
    for approval, standing in waiting_approvals(session):
        held = find_all(session, standing.seats, barred_of(session, approval, now=at), now=at)
        if not is_stuck(held, standing.step.needs - approvals_in(session, approval, standing.step)):
            continue
        for seat, holders in held.items():
            # Who is named, and the Solicitor who is not in Slack, decides on paper anyway.
            if seat.role is None or seat.role is Role.SOLICITOR or holders.deciders or holders.office is None:
                continue
            title, about = Purpose(approval.purpose).terms.title, names[approval.alliance_id]
            office = holders.office
            yield Without(office.name, office.code, title, about, id=approval.id, owner=seat.role.value)


def _officials(held: Held, owing: Iterable[int]) -> Iterable[Without]:
    for office_id in owing:
        owner = held.offices[office_id]
        if held.line(office_id)[-1].kind == "external":
            continue
        seat = seat_above(owner, held.offices)
        role = official_above(seat.kind, owes=seat.id == owner.id)
        # The director is entered at the National Office, or at the unit itself below it.
        places = held.below(seat.id) if role is Role.OOSA_DIRECTOR else [seat.id]
        if not any((role.value, id) in held.holders for id in places):
            yield Without(seat.name, seat.code, role.value)


def _channels(held: Held, owing: Iterable[int]) -> Iterable[Without]:
    for office_id in owing:
        if all(office.channel is None for office in held.line(office_id)):
            office = held.offices[office_id]
            yield Without(office.name, office.code, "")
