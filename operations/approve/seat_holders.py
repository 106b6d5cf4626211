"""Who may decide for a seat of a chain today: its holders, their designees, or who acts where it is empty."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.approvals import Approval
from models.offices import Office, Person, Position
from operations.actor import office_line
from operations.asked_by import Asked, barred_by, runs
from policy.acting import OF_THE_TOP, TOP_UNITS, acting_roles
from policy.approval import Seat
from policy.rights import Role


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who may decide for a seat."""

    person: Person
    role: Role
    office: Office
    #: The official, or the empty position, for which they decide; None for who holds the seat.
    acting_for: str | None
    #: That official's id, where a designee decides.
    official_id: int | None = None

    @property
    def named(self) -> str:
        """The name, with whom they act for."""
        return f"{self.person.name} (for {self.acting_for})" if self.acting_for else self.person.name

    def is_one_of(self, people: Collection[int]) -> bool:
        """Whether they are, or act for, one of some people, by their ids."""
        return self.person.id in people or self.official_id in people


@dataclass(frozen=True, slots=True)
class SeatHolders:
    """Who may decide for a seat, and why it is somebody else than its holder."""

    #: The position in words: "Area Director, Wilmington Area Office".
    title: str
    #: The office of the seat; None for somebody outside who is only named.
    office: Office | None
    deciders: tuple[Decider, ...]
    #: Why an acting official decides, or why nobody can; None where a holder does.
    why: str | None


def find_holders(session: Session, seat: Seat, barred: Collection[int], *, now: datetime) -> SeatHolders:
    """Find who may decide for a seat; `barred` are the ids of people who may not, nor anybody in their name."""
    if seat.role is None:
        return SeatHolders(seat.outside, None, (), "decides on paper")
    office = session.scalar(select(Office).where(Office.code == seat.office))
    title = f"{seat.role.value}, {office.name if office else seat.office}"
    if office is None:
        return SeatHolders(title, None, (), "there is no such office any more")
    everybody = list(_holding(session, seat.role, _where(session, seat.role, office), (), now=now))
    able = [decider for decider in everybody if not decider.is_one_of(barred)]
    if able:
        return SeatHolders(title, office, tuple(able), None)
    why = "who holds the position asked for this" if everybody else "nobody holds the position today"
    line = office_line(session, office.id)
    for role in acting_roles(seat.role):
        at = {*line, *(_where(session, role, office) if role in OF_THE_TOP else ())}
        acting = [
            Decider(each.person, each.role, each.office, title, each.official_id)
            for each in _holding(session, role, at, line, now=now)
            if not each.is_one_of(barred)
        ]
        if acting:
            # The nearest office of the line alone, as the nearest position.
            nearest = acting[0].office.id
            return SeatHolders(title, office, tuple(a for a in acting if a.office.id == nearest), why)
    return SeatHolders(title, office, (), f"{why}, and nobody above acts for it")


def find_all(
    session: Session, seats: Sequence[Seat], barred: Collection[int], *, now: datetime
) -> dict[Seat, SeatHolders]:
    """Find who may decide for each of some seats."""
    return {seat: find_holders(session, seat, barred, now=now) for seat in seats}


def find_for_all(
    session: Session, asked: Sequence[tuple[Approval, Sequence[Seat]]], *, now: datetime
) -> list[dict[Seat, SeatHolders]]:
    """Find who may decide for seats of many approvals, in their order: what many of them share is asked once."""
    barred = barred_by(session, {_asked(approval) for approval, _ in asked}, now=now)
    anybody: dict[Seat, SeatHolders] = {}
    found = []
    for approval, seats in asked:
        held = {}
        for seat in seats:
            if seat not in anybody:
                anybody[seat] = find_holders(session, seat, (), now=now)
            held[seat] = anybody[seat]
            # Where one of them may not, it may be for others, who act for them.
            if any(decider.is_one_of(barred[_asked(approval)]) for decider in held[seat].deciders):
                held[seat] = find_holders(session, seat, barred[_asked(approval)], now=now)
        found.append(held)
    return found


def is_stuck(held: Mapping[Seat, SeatHolders], needed: int) -> bool:
    """Whether fewer of the seats that wait can decide in Slack than are still needed."""
    return sum(bool(holders.deciders) for holders in held.values()) < needed


def on_paper(held: Mapping[Seat, SeatHolders], needed: int) -> frozenset[str]:
    """Return the seats, by their keys, whose decision may be recorded for them.

    Somebody outside decides on paper, and so does the Solicitor who is not in Slack; a position that nobody holds
    or acts for only where the step cannot be passed otherwise.
    """
    stuck = is_stuck(held, needed)
    return frozenset(
        seat.key
        for seat, holders in held.items()
        if not holders.deciders and (stuck or seat.role in {None, Role.SOLICITOR})
    )


def official_above(session: Session, seat: Seat, barred: Collection[int], *, now: datetime) -> tuple[Decider, ...]:
    """Find the nearest official above a seat, who is told when it waits for long; nobody above some."""
    office = None if seat.role is None else session.scalar(select(Office).where(Office.code == seat.office))
    if office is None or seat.role is None:
        return ()
    line = office_line(session, office.id)
    for role in acting_roles(seat.role):
        at = {*line, *(_where(session, role, office) if role in OF_THE_TOP else ())}
        found = [d for d in _holding(session, role, at, line, now=now) if not d.is_one_of(barred)]
        if found:
            return tuple(found)
    return ()


def barred_of(session: Session, approval: Approval, *, now: datetime) -> frozenset[int]:
    """Return the ids of who may not decide an approval: who asked, and in whose name."""
    asked = _asked(approval)
    return barred_by(session, [asked], now=now)[asked]


def _asked(approval: Approval) -> Asked:
    return approval.asked_by_id, approval.asked_at


def _holding(
    session: Session, role: Role, codes: Collection[str], order: Sequence[str], *, now: datetime
) -> Iterator[Decider]:
    """Yield who holds a position at one of these offices today, the nearest of `order` first, designees last."""
    official = aliased(Person)
    rows = session.execute(
        select(Position, Person, Office, official.name)
        .join(Person, Person.id == Position.person_id)
        .join(Office, Office.id == Position.office_id)
        .outerjoin(official, official.id == Position.acting_for_id)
        .where(Position.role == role.value, Office.code.in_(codes))
        .order_by(Position.acting_for_id.is_not(None), Position.held_from, Position.id)
    ).all()
    far = len(order)
    nearest_first = sorted(rows, key=lambda row: order.index(row[2].code) if row[2].code in order else far)
    for position, person, office, name in nearest_first:
        if runs(position, office.timezone, now):
            yield Decider(person, role, office, name, position.acting_for_id)


def _where(session: Session, role: Role, office: Office) -> set[str]:
    """Return the codes of the offices where a seat's position may be entered: at the top, or at one of its units."""
    if role not in OF_THE_TOP:
        return {office.code}
    return {office.code, office_line(session, office.id)[-1], *TOP_UNITS}
