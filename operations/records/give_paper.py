"""Give a paper of an alliance out to somebody who may have it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from operations.actor import Actor, office_day, require_somewhere
from operations.read.handed_papers import read_paper
from operations.read.merged import gather_standing
from policy.handed_papers import HandedPaper, PaperKind
from policy.rights import Verb


def give_paper(
    session: Session, *, alliance_id: int, kind: PaperKind, record: int | None, by: Actor, now: datetime
) -> HandedPaper:
    """Return a paper that may be handed to this person, as its record stands; the audit keeps who got it.

    Raises:
        Refused: The alliance is gone, or there is nothing on record to make the paper of.
        NotAllowed: The person holds no position.
    """
    require_somewhere(by, Verb.VIEW)
    of = gather_standing(session, alliance_id)
    made = read_paper(session, of, kind=kind, record=record, today=office_day(now, of.timezone))
    data = {"paper": kind.value, "record": record, "day": made.on}
    audit.record(session, at=now, actor=by.name, action="paper:given", subject=of.subject, data=data)
    return made
