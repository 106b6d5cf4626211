"""The duties of a reminder, found by the thread that stands below it in Slack."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.duties import Message, MessageKind
from operations.read.message import Shown, show_messages

#: What reminds of duties and has a thread of its own.
_REMINDERS = (MessageKind.REMINDER, MessageKind.DIRECT, MessageKind.ASSIGNED, MessageKind.RETURNED)


def thread_duties(session: Session, *, channel: str, ts: str, now: datetime) -> tuple[Shown, ...] | None:
    """Return the duties of a reminder and of its replies as they stand; None where the thread is no reminder's.

    `ts` is Slack's name for the thread: that of its first message.
    """
    head = session.scalar(
        select(Message.id).where(Message.channel == channel, Message.ts == ts, Message.kind.in_(_REMINDERS))
    )
    if head is None:
        return None
    in_it = or_(Message.id == head, Message.parent_id == head)
    ids = session.scalars(select(Message.id).where(in_it).order_by(Message.created_at)).all()
    shown = show_messages(session, ids, now=now)
    return tuple({duty.id: duty for id in ids for duty in shown[id].duties}.values())
