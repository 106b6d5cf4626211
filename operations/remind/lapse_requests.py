"""End what is asked for duties that were settled meanwhile, and for days that have come."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import MessageKind, Obligation
from models.offices import Office
from models.requests import Request
from operations.actor import office_day
from operations.records.open_alliance import lock_alliances
from operations.records.open_program import lock_program
from operations.remind.plan_notices import rewrite_messages
from operations.remind.tell_person import tell_person
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
        _lapse(session, request, now)
    session.flush()


def lapse_overtaken(session: Session, *, now: datetime) -> int:
    """Let what is asked lapse whose day has come at the duty's office, tell who asked, and return how many did.

    Nobody can let a duty wait until a day that is past.
    """
    found = _overtaken(session, now)
    if not found:
        return 0
    whose = {row.alliance_id for _, row in found}
    lock_alliances(session, sorted(id for id in whose if id is not None))
    if None in whose:
        lock_program(session)
    session.expire_all()
    found = _overtaken(session, now)
    for request, row in found:
        _lapse(session, request, now)
        tell_person(session, request.asked_by_id, row, kind=MessageKind.DECIDED, now=now, request_id=request.id)
    rewrite_messages(session, [row.id for _, row in found])
    return len(found)


def _overtaken(session: Session, now: datetime) -> list[tuple[Request, Obligation]]:
    asked = session.execute(
        select(Request, Obligation, Office.timezone)
        .join(Obligation, Obligation.id == Request.obligation_id)
        .join(Office, Office.id == Obligation.office_id)
        .where(Request.status == RequestStatus.OPEN, Request.until.is_not(None))
        .order_by(Request.id)
    )
    return [
        (request, row)
        for request, row, timezone in asked
        if request.until is not None and request.until <= office_day(now, timezone)
    ]


def _lapse(session: Session, request: Request, now: datetime) -> None:
    request.status, request.decided_at = RequestStatus.LAPSED.value, now
    audit.record(
        session,
        at=now,
        actor="rule check",
        action="request:lapsed",
        subject=f"obligation:{request.obligation_id}",
        data={"request": request.id},
    )
