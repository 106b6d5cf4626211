"""Remember whose Home tab is open to view, and up to which change it is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.homes import Home


@dataclass(frozen=True, slots=True)
class Published:
    """What a Home tab shows."""

    #: The digest of it; None before the first time.
    shown: str | None
    #: The entry of the audit up to which it is right.
    seq: int


def note_opened(session: Session, slack_id: str, *, now: datetime) -> None:
    """Note that somebody opened their Home tab."""
    row = insert(Home).values(slack_id=slack_id, opened_at=now, seq=0, shown=None, shows=[])
    session.execute(row.on_conflict_do_update(index_elements=[Home.slack_id], set_={"opened_at": now}))


def shown_home(session: Session, slack_id: str) -> Published | None:
    """Return what was published last; None where Home was never opened."""
    row = session.execute(select(Home.shown, Home.seq).where(Home.slack_id == slack_id)).one_or_none()
    return None if row is None else Published(row.shown, row.seq)


def note_published(session: Session, slack_id: str, *, seq: int, shown: str, shows: Iterable[int]) -> bool:
    """Note what a Home tab shows, right up to an entry of the audit; False where a later one was published meanwhile.

    What is published last is what a person sees: whoever learns that theirs was the older one publishes again.
    """
    done = session.execute(
        update(Home)
        .where(Home.slack_id == slack_id, Home.seq <= seq)
        .values(seq=seq, shown=shown, shows=sorted(shows))
        .returning(Home.slack_id)
    )
    return done.one_or_none() is not None


def forget_home(session: Session, slack_id: str) -> None:
    """Forget a Home tab that Slack refuses."""
    session.execute(delete(Home).where(Home.slack_id == slack_id))
