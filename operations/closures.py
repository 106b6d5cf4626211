"""The one-off federal closures on record, beside the yearly holidays."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plans import Closure
from policy.calendar import Closures


def read_closures(session: Session) -> Closures:
    """Return the days on which federal offices are closed beyond weekends and holidays."""
    return frozenset(session.scalars(select(Closure.day)))
