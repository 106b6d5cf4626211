"""Claim a message for sending, and note what came of it; each step is a transaction of its own.

The claim is committed before Slack is called. A worker that dies in between leaves a lease that runs out;
whoever claims the message next cannot know whether it was posted, and is told to look first.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, MessageKind, Notice, NoticeStatus
from models.offices import Office, Person
from models.requests import Request
from operations.remind.change_notices import change_notices
from operations.remind.out_of_reach import DELIVERY, NO_REACH, find_address, mark, offices_with, unmark
from operations.remind.plan_notices import announce
from policy.requests import RequestStatus

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
    #: The message in whose thread it goes; None where it stands on its own.
    thread_ts: str | None
    #: Whether the channel is a person's Slack id: the conversation has yet to be opened.
    to_person: bool
    ts: str | None
    #: The version of the message that is being shown.
    version: int
    attempts: int


def find_work(session: Session, message_id: uuid.UUID) -> Claim | None:
    """Say what a message waits for, its row locked; None when it waits for nothing or another works on it."""
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
    return Claim(
        message.id,
        step,
        message.channel,
        _thread_of(session, message),
        _person_of(session, message) is not None,
        message.ts,
        message.version,
        message.attempts,
    )


def claim_message(session: Session, message_id: uuid.UUID, *, now: datetime) -> Claim | None:
    """Take a message that waits to be posted or rewritten; None when it does not wait or another has it."""
    work = find_work(session, message_id)
    return None if work is None else take_work(session, work, now=now)


def take_work(session: Session, work: Claim, *, now: datetime) -> Claim | None:
    """Take what was found in the same transaction; None when there is nothing left to say."""
    message = session.get_one(Message, work.message_id)
    if work.step is not Step.UPDATE:
        live = _live(session, message.id)
        if not live and work.step is Step.POST and _says_nothing(session, message):
            message.status = NoticeStatus.CANCELLED.value
            return None
        message.status = NoticeStatus.CLAIMED.value
        message.attempts += 1
        _change(session, message.id, live, NoticeStatus.CLAIMED, now=now)
    message.claimed_until = session.scalar(select(func.clock_timestamp() + LEASE))
    return replace(work, attempts=message.attempts)


def _says_nothing(session: Session, message: Message) -> bool:
    """Whether a message without notices has nothing to say: but for a list, and for what is still asked."""
    if message.request_id is not None:
        return session.get_one(Request, message.request_id).status != RequestStatus.OPEN
    return message.kind != MessageKind.UNDELIVERABLE


def _thread_of(session: Session, message: Message) -> str | None:
    """Return the thread a message goes into: none where it went up the ladder, or the thread is gone."""
    parent = None if message.parent_id is None else session.get_one(Message, message.parent_id)
    if parent is None or parent.channel != message.channel or parent.gone_at is not None:
        return None
    return parent.ts


def _person_of(session: Session, message: Message) -> Person | None:
    """Return the person a message goes to, as long as it has not gone up the ladder or arrived."""
    person = None if message.person_id is None else session.get_one(Person, message.person_id)
    return person if person is not None and person.slack_id == message.channel else None


def note_sent(
    session: Session, claim: Claim, *, ts: str, words: dict[str, Any], now: datetime, channel: str | None = None
) -> None:
    """Note that the message stands in the channel with these words; `channel` where it is another by now."""
    message = _hold(session, claim)
    first = message.ts is None
    if first:
        person = _person_of(session, message)
        unmark(session, offices_with(session, message.channel, marked=True) if person is None else [person], now=now)
        message.channel = channel or message.channel
    message.ts, message.words, message.status = ts, words, NoticeStatus.SENT.value
    message.claimed_until = message.error = None
    message.sent_at = message.sent_at or now
    message.shown_version = claim.version
    if first:
        _change(session, message.id, _live(session, message.id), NoticeStatus.SENT, now=now)
    if message.version > message.shown_version:
        announce(session, message.id)
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
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
        _change(session, message.id, _live(session, message.id), NoticeStatus.UNCERTAIN, now=now)


def note_refused(session: Session, claim: Claim, *, error: str, now: datetime) -> None:
    """Note that Slack refused for good, such as an archived channel."""
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    if message.ts is None:
        message.status = NoticeStatus.FAILED.value
        live = _live(session, message.id)
        _change(session, message.id, live, NoticeStatus.FAILED, now=now, reason=f"Slack refused: {error}")
    else:
        # What stands in the channel can no longer be changed: trying again would change nothing.
        message.shown_version = claim.version
        if error == "message_not_found":
            message.gone_at = now
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
        action="message:refused",
        subject=f"message:{message.id}",
        data={"channel": message.channel, "error": error},
    )


def note_gone(session: Session, claim: Claim, *, error: str, now: datetime) -> bool:
    """Send a message that certainly was not posted up the ladder: its channel or person is gone.

    Returns whether there was somewhere to go; else it has failed. Who is gone is marked, so that what comes later
    goes straight up.
    """
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    office = session.get_one(Office, message.office_id)
    person = _person_of(session, message)
    mark(session, offices_with(session, message.channel) if person is None else [person], error, now=now)
    session.flush()
    address = find_address(session, office, now=now, probe=False)
    live = _live(session, message.id)
    if address is None:
        message.status = NoticeStatus.FAILED.value
        _change(session, message.id, live, NoticeStatus.FAILED, now=now, reason=NO_REACH)
    else:
        gone = address.climbed_why if person is None else f"{person.name} {person.unreachable_why}"
        message.channel, message.climbed_why = address.channel, message.climbed_why or gone
        message.status = NoticeStatus.PENDING.value
        _change(session, message.id, live, NoticeStatus.PENDING, now=now)
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
        action="message:climbed",
        subject=f"message:{message.id}",
        data={"from": claim.channel, "to": address and address.channel, "error": error},
    )
    return address is not None


def note_thread_gone(session: Session, claim: Claim, *, now: datetime) -> None:
    """Give a reply back whose thread is no longer there: it stands on its own then, and so do those to come."""
    message = _hold(session, claim)
    session.get_one(Message, message.parent_id).gone_at = now
    note_not_sent(session, claim, now=now)


def note_not_sent(session: Session, claim: Claim, *, now: datetime) -> None:
    """Give a message back that certainly was not posted, such as after Slack asked to wait."""
    message = _hold(session, claim)
    message.claimed_until = None
    if message.ts is None:
        message.status = NoticeStatus.PENDING.value
        _change(session, message.id, _live(session, message.id), NoticeStatus.PENDING, now=now)


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


def _live(session: Session, message_id: uuid.UUID) -> Sequence[Notice]:
    """Return the notices that a message has yet to say."""
    return session.scalars(
        select(Notice)
        .where(
            Notice.message_id == message_id,
            Notice.status.in_([NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN, NoticeStatus.PENDING]),
        )
        .order_by(Notice.id)
        .execution_options(populate_existing=True)
    ).all()


def _change(
    session: Session,
    message_id: uuid.UUID,
    notices: Sequence[Notice],
    status: NoticeStatus,
    *,
    now: datetime,
    reason: str | None = None,
) -> None:
    subject = f"message:{message_id}"
    change_notices(session, notices, status, actor=DELIVERY, subject=subject, now=now, reason=reason)
