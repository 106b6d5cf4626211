"""The one-off federal closures on record, beside the yearly holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plans import Closure
from policy.calendar import Closures


def list_closures(session: Session) -> list[tuple[date, str]]:
    """List the closures, each with its reason, in order of day."""
    rows = session.execute(select(Closure.day, Closure.reason).order_by(Closure.day))
    return [(day, reason) for day, reason in rows]


def read_closures(session: Session) -> Closures:
    """Return the days on which federal offices are closed beyond weekends and holidays."""
    return frozenset(session.scalars(select(Closure.day)))
