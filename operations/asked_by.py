"""Who may not decide what a person asked: that person, and whose designee that person is, or was then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office, Position
from operations.actor import office_day

#: Who asked, by id, and when.
Asked = tuple[int, datetime]


def barred_by(session: Session, asked: Collection[Asked], *, now: datetime) -> dict[Asked, frozenset[int]]:
    """Return the ids of who may not decide what these people asked at these moments: one query for all.

    What was asked in an official's name stays so when the designee's last day has passed.
    """
    held: dict[int, list[tuple[Position, str]]] = {}
    for position, timezone in session.execute(
        select(Position, Office.timezone)
        .join(Office, Office.id == Position.office_id)
        .where(Position.person_id.in_({person for person, _ in asked}), Position.acting_for_id.is_not(None))
    ):
        held.setdefault(position.person_id, []).append((position, timezone))
    return {(person, at): frozenset({person, *_officials(held.get(person, ()), {now, at})}) for person, at in asked}


def _officials(held: Collection[tuple[Position, str]], moments: Collection[datetime]) -> set[int]:
    return {
        position.acting_for_id
        for position, timezone in held
        if position.acting_for_id is not None and any(runs(position, timezone, at) for at in moments)
    }


def runs(position: Position, timezone: str, now: datetime) -> bool:
    """Whether a position is held at a moment, as days are counted at its office."""
    return position.held_from <= office_day(now, timezone) <= (position.held_until or date.max)
