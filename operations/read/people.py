"""Who holds what where, since when and until when, and who acts for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, aliased

from models.offices import Office, Person, Position
from operations.actor import office_day
from operations.refusals import Refused
from policy.rights import Role
from policy.seats import NEEDED
from policy.words import day as spelled

#: Positions of the past that are shown, the latest first.
MOST_PAST = 10


class When(StrEnum):
    """Whether a position is held today."""

    NOW = "now"
    COMING = "coming"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A position as somebody holds, held or will hold it."""

    id: int
    person: str
    slack_id: str
    role: Role
    office_code: str
    office_name: str
    since: date
    #: The last day; None while none is set.
    until: date | None
    #: The official for whom the person acts.
    acting_for: str | None
    when: When


@dataclass(frozen=True, slots=True)
class OfficePeople:
    """Who works at an office."""

    code: str
    name: str
    kind: str
    today: date
    held: tuple[HeldBy, ...]
    #: Positions that an office of its kind needs and nobody holds today.
    missing: tuple[Role, ...]

    def of(self, when: When) -> tuple[HeldBy, ...]:
        """Return those of now, of the past or to come."""
        return tuple(held for held in self.held if held.when is when)


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What a person holds."""

    name: str
    slack_id: str
    held: tuple[HeldBy, ...]


def people_of_office(session: Session, code: str, *, now: datetime) -> OfficePeople:
    """Show who works at an office: today's first, then who comes, then the latest who left.

    Raises:
        Refused: There is no such office.
    """
    office = session.scalar(select(Office).where(Office.code == code))
    if office is None:
        raise Refused(f"There is no office with the code “{code}”.", field="office")
    held = _held(session, Position.office_id == office.id, now=now)
    present = {one.role for one in held if one.when is When.NOW}
    missing = tuple(role for role in NEEDED.get(office.kind, ()) if role not in present and office.closed_on is None)
    return OfficePeople(office.code, office.name, office.kind, office_day(now, office.timezone), held, missing)


def show_person(session: Session, slack_id: str, *, now: datetime) -> PersonCard | None:
    """Show what a person holds; None for somebody whom nobody entered."""
    person = session.scalar(select(Person).where(Person.slack_id == slack_id))
    if person is None:
        return None
    return PersonCard(person.name, person.slack_id, _held(session, Position.person_id == person.id, now=now))


def list_people(session: Session, codes: Collection[str] | None, *, now: datetime) -> list[HeldBy]:
    """List who holds a position today, or will, at some offices or at all, in order of office and position."""
    held = _held(session, Office.code.in_(codes) if codes is not None else true(), now=now)
    return [one for one in held if one.when is not When.PAST]


def find_people(session: Session, words: str, *, limit: int = 9) -> list[tuple[str, str]]:
    """List (Slack id, name) of those whose name or e-mail address holds the words, or whose id they are, by name."""
    typed = words.strip().removeprefix("@")
    rows = session.execute(
        select(Person.slack_id, Person.name)
        .where(
            Person.name.icontains(typed, autoescape=True)
            | Person.email.icontains(typed, autoescape=True)
            | (Person.slack_id == typed)
        )
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    return [(slack_id, name) for slack_id, name in rows]


def position_choices(session: Session, code: str, *, now: datetime, own: bool = True) -> list[tuple[int, str]]:
    """List (id, label) of the positions of an office that are held or to come; `own` leaves designees out."""
    held = people_of_office(session, code, now=now).held
    return [
        (one.id, f"{one.person}, {one.role}{_for(one)}")
        for one in held
        if one.when is not When.PAST and (one.acting_for is None or not own)
    ]


def held_positions(session: Session, person_id: int, *, now: datetime) -> tuple[HeldBy, ...]:
    """Show what a person holds, and what others hold as their designees."""
    return _held(session, (Position.person_id == person_id) | (Position.acting_for_id == person_id), now=now)


def span_words(held: HeldBy) -> str:
    """Say from when to when, as in "since January 1, 2020"."""
    if held.until is None:
        return f"{'from' if held.when is When.COMING else 'since'} {spelled(held.since)}"
    return f"{spelled(held.since)} to {spelled(held.until)}"


def _for(held: HeldBy) -> str:
    return f" for {held.acting_for}" if held.acting_for else ""


def _held(session: Session, which: ColumnElement[bool], *, now: datetime) -> tuple[HeldBy, ...]:
    official = aliased(Person)
    rows = session.execute(
        select(Position, Person, Office, official.name)
        .join(Person, Person.id == Position.person_id)
        .join(Office, Office.id == Position.office_id)
        .outerjoin(official, official.id == Position.acting_for_id)
        .where(which)
        .order_by(Office.name, Position.role, Position.acting_for_id.is_not(None), Position.held_from, Position.id)
    )
    found: dict[When, list[HeldBy]] = {when: [] for when in When}
    for position, person, office, acting_for in rows:
        today = office_day(now, office.timezone)
        if position.held_from > today:
            when = When.COMING
        else:
            when = When.NOW if today <= (position.held_until or date.max) else When.PAST
        found[when].append(
            HeldBy(
                position.id,
                person.name,
                person.slack_id,
                Role(position.role),
                office.code,
                office.name,
                position.held_from,
                position.held_until,
                acting_for,
                when,
            )
        )
    past = sorted(found[When.PAST], key=lambda one: one.until or date.max, reverse=True)[:MOST_PAST]
    return (*found[When.NOW], *found[When.COMING], *past)
