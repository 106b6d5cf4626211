"""Change the state of notices: the one place where that is done, and where the audit hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.duties import Notice, NoticeStatus


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
    audit.record(
        session,
        at=now,
        actor=actor,
        action=f"notice:{status.value}",
        subject=subject,
        data={"notices": [notice.id for notice in changed], **({"reason": reason} if reason else {})},
    )
