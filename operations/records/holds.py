"""What is on hold: whose records have to stay word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Notice, Obligation
from models.retention import Hold
from operations.read.merged import standing_for


@dataclass(frozen=True, slots=True)
class Held:
    """A hold that was placed and not lifted."""

    id: int
    #: The one that has the records now, where it was merged; None where everything is held.
    alliance_id: int | None
    alliance: str | None
    reason: str
    placed_by: str
    placed_at: datetime


def standing_holds(session: Session) -> list[Held]:
    """List what is on hold, the oldest first."""
    rows = session.scalars(select(Hold).where(Hold.lifted_at.is_(None)).order_by(Hold.id)).all()
    ids = [None if row.alliance_id is None else standing_for(session, row.alliance_id) for row in rows]
    names = {id: name for id, name in session.execute(select(Alliance.id, Alliance.name).where(Alliance.id.in_(ids)))}  # noqa: C416 - a Row
    return [
        Held(row.id, id, None if id is None else names[id], row.reason, row.placed_by, row.placed_at)
        for row, id in zip(rows, ids, strict=True)
    ]


def holds_of_entries(session: Session) -> dict[str | None, Held]:
    """Return under which hold entries of the audit are, by what they are of; that of everything stands under None.

    What is of an alliance is also what is of its duties, of messages about them, and of one that was merged into it.
    """
    found: dict[str | None, Held] = {}
    for hold in standing_holds(session):
        subjects = [None] if hold.alliance_id is None else _subjects_of(session, hold.alliance_id)
        for subject in subjects:
            found.setdefault(subject, hold)
    return found


def _subjects_of(session: Session, alliance_id: int) -> list[str]:
    start = select(Alliance.id).where(Alliance.id == alliance_id).cte(recursive=True)
    ids = start.union_all(select(Alliance.id).join(start, Alliance.merged_into_id == start.c.id))
    duties = select(Obligation.id).where(Obligation.alliance_id.in_(select(ids.c.id)))
    messages = select(Notice.message_id).where(Notice.obligation_id.in_(duties), Notice.message_id.is_not(None))
    queries = (("alliance", select(ids.c.id)), ("obligation", duties), ("message", messages.distinct()))
    return [f"{kind}:{id}" for kind, query in queries for id in session.scalars(query)]
