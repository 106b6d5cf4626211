"""Which alliance stands for one that was entered twice and merged into another."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from operations.gather_facts import Gathered, gather
from operations.refusals import Refused

GONE = "This alliance is no longer on record; look for it with /alliance list."


def standing_for(session: Session, alliance_id: int) -> int:
    """Return the id of the alliance that has the records of one now; its own where it stands for itself."""
    while (into := session.scalar(select(Alliance.merged_into_id).where(Alliance.id == alliance_id))) is not None:
        alliance_id = into
    return alliance_id


def gather_standing(session: Session, alliance_id: int) -> Gathered:
    """Gather an alliance, or the one that has its records now.

    Raises:
        Refused: There is none of that id.
    """
    found = gather(session, [standing_for(session, alliance_id)])
    if not found:
        raise Refused(GONE)
    return found[0]
