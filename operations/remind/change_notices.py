"""Change the state of notices: the one place where that is done, and where the audit hears of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, String, Uuid, any_, bindparam, func, select, update
from sqlalchemy.orm import Session

from models import audit
from models.duties import Notice, NoticeStatus

#: A message has yet to say those.
LIVE = (NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN, NoticeStatus.PENDING)


#: Made once, as it is done with every message. Locked in the order in which everybody locks them, and as an array: were
#: it joined, a plan from when there were no notices yet would lock them anew for each notice there is.
_LIVE = (
    select(Notice.id)
    .where(
        Notice.message_id == any_(bindparam("messages", type_=ARRAY(Uuid))),
        Notice.status == any_(bindparam("others", type_=ARRAY(String))),
    )
    .order_by(Notice.id)
    .with_for_update()
)
CHANGE = (
    update(Notice)
    .where(Notice.id == any_(func.array(_LIVE.scalar_subquery())))
    .values(status=bindparam("to"), reason=bindparam("why"), changed_at=bindparam("at"))
    .returning(Notice.message_id, Notice.id)
)


def change_live_notices(
    session: Session,
    message_ids: Collection[uuid.UUID],
    status: NoticeStatus,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
) -> set[uuid.UUID]:
    """Bring the notices that messages have yet to say into a state; return the messages where any were in another."""
    if not message_ids:
        return set()
    others = [each.value for each in LIVE if each is not status]
    values = {"messages": list(message_ids), "others": others, "to": status, "why": reason, "at": now}
    changed: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    for message_id, notice_id in session.execute(CHANGE, values):
        changed.setdefault(message_id, []).append(notice_id)
    for id in message_ids:
        if ids := changed.get(id):
            _record(session, sorted(ids), status, actor=actor, subject=f"message:{id}", now=now, reason=reason)
    return {message_id for message_id in changed if message_id is not None}


def change_notices(
    session: Session,
    notices: Sequence[Notice],
    status: NoticeStatus,
    *,
    actor: str,
    subject: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Bring notices into a state, with one entry of the audit for all that were in another."""
    changed = [notice for notice in notices if notice.status != status]
    if not changed:
        return
    for notice in changed:
        notice.status, notice.reason, notice.changed_at = status.value, reason, now
    ids = [notice.id for notice in changed]
    _record(session, ids, status, actor=actor, subject=subject, now=now, reason=reason)


def _record(
    session: Session,
    ids: Sequence[uuid.UUID],
    status: NoticeStatus,
    *,
    actor: str,
    subject: str,
    now: datetime,
    reason: str | None,
) -> None:
    audit.record(
        session,
        at=now,
        actor=actor,
        action=f"notice:{status.value}",
        subject=subject,
        data={"notices": ids, **({"reason": reason} if reason else {})},
    )
