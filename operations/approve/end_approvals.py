"""Void what is before officials for an alliance that has ended or was merged: there is nothing left to approve."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models import audit
from models.approvals import Approval
from operations.approve.cards import rewrite_cards, tell_requester
from policy.approval import ApprovalStatus

ENDED = "the alliance ended"


def end_approvals(
    session: Session,
    alliance_id: int,
    *,
    by: str,
    now: datetime,
    why: str = ENDED,
    subject: str | None = None,
    about: str | None = None,
) -> None:
    """End every open approval of an alliance, or those of one subject, or about one; the alliance is locked.

    `by` is who ended it, as named.
    """
    rows = session.scalars(
        select(Approval)
        .where(
            Approval.alliance_id == alliance_id,
            Approval.status == ApprovalStatus.OPEN.value,
            true() if subject is None else Approval.subject == subject,
            true() if about is None else Approval.about == about,
        )
        .order_by(Approval.id)
    ).all()
    for row in rows:
        row.status, row.ended_at = ApprovalStatus.SUPERSEDED.value, now
        row.ended_by, row.ended_why = by, why
        audit.record(
            session,
            at=now,
            actor=by,
            action="approval:superseded",
            subject=f"alliance:{alliance_id}",
            data={"approval": row.id, "purpose": row.purpose, "why": why},
        )
        tell_requester(session, row, occasion="superseded", now=now)
    rewrite_cards(session, [row.id for row in rows])
