"""When each person hears of what is their own: what they chose, or the default at their first office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.digests import Digest
from models.offices import Office, Person, Position
from operations.actor import Actor, identify
from policy.own_digest import DEFAULT_LEAVES_OUT, DEFAULT_SCHEDULE


@dataclass(frozen=True, slots=True)
class OwnSchedule:
    """When a person's digest comes, and what it leaves out."""

    person_id: int
    slack_id: str
    line: str
    timezone: str
    leaves_out: tuple[str, ...]


def person_name(slack_id: str) -> str:
    """Return the name of a person's row among the schedules."""
    return f"person:{slack_id}"


def chosen_of(session: Session, by: Actor) -> Digest | None:
    """Return what a person chose, or the default, which is not kept; None for who holds no position."""
    if by.person_id is None or not by.offices:
        return None
    chosen = session.get(Digest, by.person_id)
    office = session.scalars(select(Office).where(Office.code == by.offices[0])).one()
    return chosen or Digest(
        person_id=by.person_id, schedule=DEFAULT_SCHEDULE, timezone=office.timezone, leaves_out=[*DEFAULT_LEAVES_OUT]
    )


def own_schedule(session: Session, person_id: int, *, now: datetime) -> OwnSchedule | None:
    """Return when a person's digest comes; None for who wants none, or holds no position today."""
    person = session.get_one(Person, person_id)
    chosen = chosen_of(session, identify(session, person.slack_id, now=now))
    if chosen is None or chosen.schedule is None:
        return None
    return OwnSchedule(person.id, person.slack_id, chosen.schedule, chosen.timezone, tuple(chosen.leaves_out))


def people_to_tell(session: Session, *, now: datetime) -> Sequence[OwnSchedule]:
    """List who hears of what is their own, and when: one query.

    Also who has nothing to hear now: their hour passes like everybody's, and what comes up after it waits for the
    next. Whether there is anything, and whether a position is held on the day of its office, is decided when it is
    made.
    """
    today = now.date()
    held = and_(
        Position.held_from <= today + timedelta(days=1),
        func.coalesce(Position.held_until, today) >= today - timedelta(days=1),
    )
    rows = session.execute(
        select(Person.id, Person.slack_id, Office.timezone, Digest)
        .join(Position, Position.person_id == Person.id)
        .join(Office, Office.id == Position.office_id)
        .outerjoin(Digest, Digest.person_id == Person.id)
        .where(
            held,
            or_(Digest.person_id.is_(None), Digest.schedule.is_not(None)),
        )
        .order_by(Person.id, Position.id)
    )
    first: dict[int, OwnSchedule] = {}
    for id, slack_id, timezone, chosen in rows:
        own = Digest(schedule=DEFAULT_SCHEDULE, timezone=timezone, leaves_out=[*DEFAULT_LEAVES_OUT])
        kept = chosen or own
        first.setdefault(id, OwnSchedule(id, slack_id, kept.schedule or "", kept.timezone, tuple(kept.leaves_out)))
    return list(first.values())
