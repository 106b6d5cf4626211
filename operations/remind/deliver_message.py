"""Claim a message for sending, and note what came of it; each step is a transaction of its own.

The claim is committed before Slack is called. A worker that dies in between leaves a lease that runs out;
whoever claims the message next cannot know whether it was posted, and is told to look first.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, Notice, NoticeStatus
from operations.remind.plan_notices import announce

#: How long a worker may take over one message before another may take it over; seconds.
LEASE = timedelta(seconds=30)


class Step(StrEnum):
    """What the worker that claimed a message has to do."""

    POST = "post"
    #: The outcome of an earlier attempt is unknown: look for the message in the channel before posting.
    LOOK_THEN_POST = "look, then post"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message in the hands of one worker."""

    message_id: uuid.UUID
    step: Step
    channel: str
    ts: str | None
    #: The version of the message that is being shown.
    version: int
    attempts: int


def claim_message(session: Session, message_id: uuid.UUID) -> Claim | None:
    """Take a message that waits to be posted or rewritten; None when it does not wait or another has it."""
    message = session.scalar(
        select(Message)
        .where(Message.id == message_id, _waits())
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if message is None:
        return None
    if message.ts is not None:
        step = Step.UPDATE
    else:
        step = Step.POST if message.status == NoticeStatus.PENDING else Step.LOOK_THEN_POST
        live = session.scalars(
            select(Notice).where(Notice.message_id == message_id, Notice.status != NoticeStatus.CANCELLED)
        ).all()
        if not live and step is Step.POST:
            message.status = NoticeStatus.CANCELLED.value
            return None
        message.status = NoticeStatus.CLAIMED.value
        message.attempts += 1
        for notice in live:
            notice.status = NoticeStatus.CLAIMED.value
    message.claimed_until = session.scalar(select(func.clock_timestamp() + LEASE))
    return Claim(message.id, step, message.channel, message.ts, message.version, message.attempts)


def note_sent(session: Session, claim: Claim, *, ts: str, words: dict[str, Any], now: datetime) -> None:
    """Note that the message stands in the channel with these words."""
    message = _hold(session, claim)
    first = message.ts is None
    message.ts, message.words, message.status = ts, words, NoticeStatus.SENT.value
    message.claimed_until = message.error = None
    message.sent_at = message.sent_at or now
    message.shown_version = claim.version
    if first:
        _notices(session, claim, NoticeStatus.SENT, now=now)
    if message.version > message.shown_version:
        announce(session, message.id)
    audit.record(
        session,
        at=now,
        actor="delivery",
        action="message:sent" if first else "message:rewritten",
        subject=f"message:{message.id}",
        data={"office": message.office_id, "day": message.day, "channel": message.channel, "ts": ts},
    )


def note_uncertain(session: Session, claim: Claim, *, error: str, now: datetime) -> None:
    """Note that nobody knows whether the post arrived; it is looked for before anything is posted again."""
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    if message.ts is None:
        message.status = NoticeStatus.UNCERTAIN.value
        _notices(session, claim, NoticeStatus.UNCERTAIN, now=now)


def note_refused(session: Session, claim: Claim, *, error: str, now: datetime) -> None:
    """Note that Slack refused for good, such as an archived channel."""
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    if message.ts is None:
        message.status = NoticeStatus.FAILED.value
        _notices(session, claim, NoticeStatus.FAILED, now=now, reason=f"Slack refused: {error}")
    else:
        # What stands in the channel can no longer be changed: trying again would change nothing.
        message.shown_version = claim.version
    audit.record(
        session,
        at=now,
        actor="delivery",
        action="message:refused",
        subject=f"message:{message.id}",
        data={"channel": message.channel, "error": error},
    )


def note_not_sent(session: Session, claim: Claim) -> None:
    """Give a message back that certainly was not posted, such as after Slack asked to wait."""
    message = _hold(session, claim)
    message.claimed_until = None
    if message.ts is None:
        message.status = NoticeStatus.PENDING.value
        session.execute(
            update(Notice)
            .where(Notice.message_id == message.id, Notice.status == NoticeStatus.CLAIMED)
            .values(status=NoticeStatus.PENDING.value)
        )


def waiting_messages(session: Session) -> Sequence[uuid.UUID]:
    """Find every message that waits: the sweep that makes up for whatever the queue lost."""
    return session.scalars(select(Message.id).where(_waits()).order_by(Message.created_at)).all()


def _waits() -> Any:
    lease_over = or_(Message.claimed_until.is_(None), Message.claimed_until < func.clock_timestamp())
    unsent = Message.status.in_([NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN])
    return and_(
        lease_over,
        or_(unsent, and_(Message.status == NoticeStatus.SENT, Message.version > Message.shown_version)),
    )


def _hold(session: Session, claim: Claim) -> Message:
    return session.scalars(
        select(Message)
        .where(Message.id == claim.message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _notices(session: Session, claim: Claim, status: NoticeStatus, *, now: datetime, reason: str | None = None) -> None:
    session.execute(
        update(Notice)
        .where(
            Notice.message_id == claim.message_id,
            Notice.status.in_([NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN, NoticeStatus.PENDING]),
        )
        .values(status=status.value, reason=reason, changed_at=now)
    )
