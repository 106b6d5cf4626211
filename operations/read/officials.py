"""Who holds a position on a day, and who is above the office that owes a duty."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office, Person, Position
from operations.actor import office_line, offices_below
from policy.duties import Owner
from policy.ladder import official_above
from policy.rights import Role
from policy.stages import Audience

_ROLES = {role.value: role for role in Role} | {Owner.DCSP.value: Role.DCSP_STAFF}


#: Most owners that are named for one duty.
MOST_OWNERS = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A person or an office as a message names it."""

    name: str
    #: None for an office.
    slack_id: str | None = None
    #: The position that makes it be named: "Regional Administrator, Boston Region".
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """A position above an office that owes a duty, and who is to be told in it."""

    role: Role
    #: The name of the office where the position is.
    seat: str
    #: Who holds it, in the order in which they are to be told: designees come after those they act for.
    people: tuple[Person, ...]


def find_escalations(
    session: Session, said: Sequence[tuple[Obligation, Notice]], day: date
) -> dict[uuid.UUID, tuple[tuple[Named, ...], tuple[Named, ...]]]:
    """Find for each notice of what is late who owes the duty and who else is told of it at the same stage."""
    late = [(row, notice) for row, notice in said if notice.stage.startswith("after:")]
    if not late:
        return {}
    climbing: dict[tuple[uuid.UUID, str, date], list[Named]] = {
        (row.id, notice.stage, notice.day): [] for row, notice in late
    }
    others = select(Notice, Message.person_id).outerjoin(Message, Message.id == Notice.message_id)
    for notice, person_id in session.execute(
        others.where(
            Notice.obligation_id.in_([row.id for row, _ in late]),
            Notice.audience != Audience.OWNER,
            Notice.status.not_in([NoticeStatus.CANCELLED, NoticeStatus.SKIPPED, NoticeStatus.FAILED]),
        ).order_by(Notice.id)
    ):
        told = climbing.get((notice.obligation_id, notice.stage, notice.day))
        if told is None:
            # Of another stage: who is late for a year has been told of many.
            continue
        row = next(row for row, _ in late if row.id == notice.obligation_id)
        told.append(
            _named(session, notice, row, None if person_id is None else session.get_one(Person, person_id), day)
        )
    owners = {
        (owner, office_id): tuple(
            Named(person.name, person.slack_id, owner)
            for person in find_owners(session, owner, office_id, day)[:MOST_OWNERS]
        )
        for owner, office_id in {(row.owner, row.office_id) for row, _ in late}
    }
    return {
        notice.id: (
            owners[row.owner, row.office_id],
            tuple(climbing[notice.obligation_id, notice.stage, notice.day]),
        )
        for row, notice in late
    }


def _named(session: Session, notice: Notice, row: Obligation, person: Person | None, day: date) -> Named:
    """Name who hears of an escalation: the person who was written to, else who would be today."""
    seat = session.get_one(Office, notice.office_id)
    if notice.audience != Audience.OFFICIAL_ABOVE:
        return Named(seat.name)
    official = find_official(session, seat, row.office_id, day)
    person = person or next(iter(official.people), None)
    position = f"{official.role}, {official.seat}"
    return Named(seat.name, None, position) if person is None else Named(person.name, person.slack_id, position)


def find_official(session: Session, seat: Office, owner_office_id: int, day: date) -> Official:
    """Find the official at an office who is above the office that owes a duty, on a local day of the seat."""
    role = official_above(seat.kind, owes=seat.id == owner_office_id)
    codes: Collection[str] = [seat.code]
    if role is Role.OOSA_DIRECTOR:
        # The director is entered at the National Office, or at the unit itself below it.
        codes = offices_below(session, seat.code)
    return Official(role, seat.name, tuple(holders(session, role, codes, day)))


def find_owners(session: Session, owner: str, office_id: int, day: date) -> Sequence[Person]:
    """Find who holds the owing position at an office, or at the nearest above it where somebody does."""
    role = _ROLES.get(owner)
    if role is None:
        # A person named in a work plan holds no position by that name.
        return ()
    for code in office_line(session, office_id):
        if found := holders(session, role, [code], day):
            return found
    return ()


def holders(session: Session, role: Role, offices: Collection[str], day: date) -> list[Person]:
    """List who holds a position at one of these offices on a day, longest first, and after them their designees."""
    query = (
        select(Person)
        .join(Position, Position.person_id == Person.id)
        .join(Office, Office.id == Position.office_id)
        .where(
            Office.code.in_(offices),
            Position.role == role.value,
            Position.held_from <= day,
            or_(Position.held_until.is_(None), Position.held_until >= day),
        )
        .order_by(Position.acting_for_id.is_not(None), Position.held_from, Position.id)
    )
    return list(dict.fromkeys(session.scalars(query)))
