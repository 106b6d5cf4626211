"""What did not reach anybody in a program, and which channels and people are out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.offices import Office, Person, Position
from operations.actor import office_day, offices_below
from operations.read.outbox import Undelivered, read_undelivered
from operations.read.ownerless import read_ownerless


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """A channel or a person that Slack refuses."""

    #: "the channel of Boston Region", or the person's name.
    what: str
    #: "is archived".
    why: str
    #: Since which day at the National Office.
    since: date


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """All of it, as the administrators of a program are told once a day."""

    undelivered: tuple[Undelivered, ...]
    out_of_reach: tuple[OutOfReach, ...]
    #: How many duties and requests nobody answers for.
    ownerless: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to tell; what has no owner is told beside it, and is no reason for a list."""
        return bool(self.undelivered or self.out_of_reach)


def read_undeliverable(session: Session, root: Office, *, now: datetime) -> Undeliverable:
    """Read what is undeliverable in the program that has this office at its top."""
    codes = offices_below(session, root.code)
    found = sorted(_out_of_reach(session, codes, root.timezone, now), key=lambda gone: (gone.since, gone.what))
    left = read_ownerless(session, now=now).at(codes)
    undelivered = tuple(read_undelivered(session, offices=codes, now=now))
    return Undeliverable(undelivered, tuple(found), len(left.duties) + len(left.requests) + len(left.approvals))


def _out_of_reach(session: Session, codes: set[str], timezone: str, now: datetime) -> Iterator[OutOfReach]:
    for office in session.scalars(select(Office).where(Office.code.in_(codes))):
        if office.unreachable_since is not None:
            since = office_day(office.unreachable_since, timezone)
            yield OutOfReach(f"the channel of {office.name}", office.unreachable_why or "", since)
    # Who has left is sent nothing any more, and would stand here for ever.
    held = or_(Position.held_until.is_(None), Position.held_until >= office_day(now, timezone))
    of_program = (
        select(Position.person_id).join(Office, Office.id == Position.office_id).where(Office.code.in_(codes), held)
    )
    for person in session.scalars(select(Person).where(Person.id.in_(of_program))):
        if person.unreachable_since is not None:
            yield OutOfReach(person.name, person.unreachable_why or "", office_day(person.unreachable_since, timezone))
