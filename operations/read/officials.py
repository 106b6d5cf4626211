"""Who holds a position on a day, and who is above the office that owes a duty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.offices import Office, Person, Position
from operations.actor import office_line, offices_below
from policy.duties import Owner
from policy.ladder import official_above
from policy.rights import Role

_ROLES = {role.value: role for role in Role} | {Owner.DCSP.value: Role.DCSP_STAFF}


@dataclass(frozen=True, slots=True)
class Official:
    """A position above an office that owes a duty, and who is to be told in it."""

    role: Role
    #: The name of the office where the position is.
    seat: str
    #: Who holds it, in the order in which they are to be told: designees come after those they act for.
    people: tuple[Person, ...]


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
