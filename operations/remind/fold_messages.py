"""Fold what is to be said to one office on one day into one message."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office


def fold_messages(session: Session, *, office_id: int, day: date, now: datetime) -> uuid.UUID | None:
    """Fold an office's pending notices up to a local day into its message of that day; return its id.

    None means that there is nothing to send: nothing is pending, the message of the day is on its way, or
    no channel is set for the office or any office above it (the notices then fail, with that reason).
    """
    # The office's row lines up two clocks that fire at once.
    session.execute(select(Office.id).where(Office.id == office_id).with_for_update(key_share=True))
    if session.scalar(select(Message.id).where(Message.office_id == office_id, Message.day == day)):
        return None
    pending = session.scalars(
        select(Notice)
        .options(joinedload(Notice.obligation))
        .where(
            Notice.office_id == office_id,
            Notice.status == NoticeStatus.PENDING,
            Notice.day <= day,
            Notice.message_id.is_(None),
        )
        .order_by(Notice.id)
        .with_for_update(of=Notice)
    ).all()
    latest = _latest(sorted(pending, key=lambda notice: (notice.day, notice.id)), now)
    if not latest:
        return None
    channel = channel_of(session, office_id)
    if channel is None:
        for notice in latest:
            notice.status, notice.changed_at = NoticeStatus.FAILED.value, now
            notice.reason = "no channel is set for the office or an office above it"
        return None
    message = Message(
        id=_free_id(session, latest),
        office_id=office_id,
        day=day,
        channel=channel,
        status=NoticeStatus.PENDING.value,
        created_at=now,
    )
    session.add(message)
    session.flush()
    for notice in latest:
        notice.message_id, notice.changed_at = message.id, now
    session.flush()
    return message.id


def _free_id(session: Session, notices: Sequence[Notice]) -> uuid.UUID:
    """Return the id of the first notice that gave its id to no earlier message, one that was cancelled."""
    ids = [notice.id for notice in notices]
    taken = set(session.scalars(select(Message.id).where(Message.id.in_(ids))))
    return next((id for id in ids if id not in taken), None) or uuid.uuid4()


def channel_of(session: Session, office_id: int) -> str | None:
    """Return the channel of an office, or of the nearest office above it that has one."""
    current: int | None = office_id
    while current is not None:
        channel, current = session.execute(select(Office.channel, Office.parent_id).where(Office.id == current)).one()
        if channel:
            return str(channel)
    return None


def _latest(pending: Iterable[Notice], now: datetime) -> list[Notice]:
    """Keep the latest notice of each obligation; what it overtakes is skipped, with the reason."""
    latest: dict[uuid.UUID, Notice] = {}
    for notice in pending:
        overtaken = latest.get(notice.obligation_id)
        if overtaken is not None:
            overtaken.status, overtaken.changed_at = NoticeStatus.SKIPPED.value, now
            overtaken.reason = f"overtaken by {notice.stage} before it could be sent"
        latest[notice.obligation_id] = notice
    return sorted(latest.values(), key=_due)


def _due(notice: Notice) -> tuple[date, str]:
    obligation: Obligation = notice.obligation
    return obligation.due_on, obligation.rule
