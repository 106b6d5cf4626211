"""End what is asked for duties that were settled meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Obligation
from models.requests import Request
from policy.requests import RequestStatus


def lapse_requests(session: Session, obligation_ids: Collection[uuid.UUID], *, now: datetime) -> None:
    """Let what is asked for those of these duties lapse that are settled: nobody has to decide it any more."""
    if not obligation_ids:
        return
    lapsed = select(Request).join(Obligation, Obligation.id == Request.obligation_id)
    for request in session.scalars(
        lapsed.where(
            Request.obligation_id.in_(obligation_ids),
            Request.status == RequestStatus.OPEN,
            Obligation.settled.is_not(None),
        ).order_by(Request.id)
    ):
        request.status, request.decided_at = RequestStatus.LAPSED.value, now
        audit.record(
            session,
            at=now,
            actor="rule check",
            action="request:lapsed",
            subject=f"obligation:{request.obligation_id}",
            data={"request": request.id},
        )
    session.flush()
