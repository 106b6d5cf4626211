"""Let what was prepared belong to the agreement that was signed: the next one begins with an empty draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.gates import GateRecord
from operations.actor import Actor
from operations.approve.cards import rewrite_cards
from operations.approve.drafts import latest_draft, rename_subject
from operations.approve.end_approvals import end_approvals
from operations.refusals import Refused
from policy.subjects import DRAFT


def close_draft(session: Session, alliance_id: int, agreement_id: int, *, by: Actor, now: datetime) -> None:
    """Rename the subject of all that was recorded, drafted and approved for the draft of a signed agreement.

    What was on record counted for the signing and can no longer be withdrawn; what is still before officials is void.
    """
    end_approvals(session, alliance_id, by=by.name, now=now, why="the agreement was signed", subject=DRAFT)
    _rename(session, alliance_id, DRAFT, f"agreement:{agreement_id}", counted_at=now)


def reopen_draft(session: Session, alliance_id: int, agreement_id: int) -> None:
    """Let all that was recorded, drafted and approved for an agreement wait for its signing again.

    Raises:
        Refused: The next agreement is being drafted.
    """
    signed = f"agreement:{agreement_id}"
    if latest_draft(session, alliance_id, signed) is not None and latest_draft(session, alliance_id, DRAFT) is not None:
        raise Refused("The draft of the next agreement is on file; this signing can no longer be taken back.")
    _rename(session, alliance_id, signed, DRAFT, counted_at=None)


def _rename(session: Session, alliance_id: int, before: str, after: str, *, counted_at: datetime | None) -> None:
    session.execute(
        update(GateRecord)
        .where(GateRecord.alliance_id == alliance_id, GateRecord.subject == before)
        .values(subject=after, counted_at=counted_at)
    )
    rename_subject(session, alliance_id, before, after)
    rows = session.scalars(
        select(Approval).where(Approval.alliance_id == alliance_id, Approval.subject == before).order_by(Approval.id)
    ).all()
    for row in rows:
        row.subject = after
    rewrite_cards(session, [row.id for row in rows])
