"""Line up all who change who holds what, and which offices there are."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.locks import HANDS


def lock_hands(session: Session) -> None:
    """Wait until nobody else changes positions or offices, and keep others waiting until the transaction ends.

    To be taken before any row is locked: so nobody waits in a circle.
    """
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": HANDS})
