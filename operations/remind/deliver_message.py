"""Claim messages for sending: the first of two transactions, committed before Slack is called.

A worker that dies in between leaves a lease that runs out; whoever claims the message next cannot know whether it
was posted, and is told to look first. What came of a claim is noted by `note_outcome`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Interval,
    Row,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from models.approvals import Approval
from models.duties import WITHOUT_NOTICES, Message, MessageKind, Notice, NoticeStatus, Obligation
from models.offices import Person
from models.requests import Request
from operations.remind.change_notices import LIVE, change_live_notices
from operations.remind.hold_message import AT_ONCE, Hold, outside_hours, put_off
from operations.remind.out_of_reach import DELIVERY
from policy.approval import ApprovalStatus
from policy.requests import RequestStatus

#: How long a worker may take over a message before another may take it over; seconds.
LEASE = timedelta(seconds=30)
#: Why a message waits that Slack's limits keep back.
IN_LINE = "in line, as Slack takes only so many messages a minute"
NOTHING = timedelta(0)


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
    kind: MessageKind
    created_at: datetime
    #: What keeps it from being posted now, if it does not stand there yet.
    closed: Hold | None


def still_waits(connection: Connection, message_id: uuid.UUID, *, now: datetime, left: timedelta = NOTHING) -> bool:
    """Whether a message waits to be posted or rewritten; nothing is locked. For `left` see `find_work`."""
    return connection.scalar(_STILL, {"id": message_id, "now": now, "left": left}) is not None


def find_work(
    session: Session, message_ids: Collection[uuid.UUID], *, now: datetime, left: timedelta = NOTHING
) -> list[Claim]:
    """Say what messages wait for, their rows locked; not of those that wait for nothing or that another works on.

    `left` is how much of a lease may be left: that of a dead worker ends early for who holds the message.
    """
    if not message_ids:
        return []
    rows = session.execute(_FIND, {"ids": list(message_ids), "now": now, "left": left}).all()
    return _claims(session, rows, now=now)


def find_more(session: Session, work: Claim, *, most: int, now: datetime) -> Sequence[uuid.UUID]:
    """Find other messages that wait to be posted to a channel, the oldest first; nothing is locked.

    What was tried before is left to its own job, which knows when to try again; and so is what goes to a person.
    """
    return session.scalars(_FIND_MORE, {"id": work.message_id, "now": now, "most": most}).all()


def claim_message(session: Session, message_id: uuid.UUID, *, now: datetime) -> Claim | None:
    """Take a message that waits to be posted or rewritten; None when it does not wait or another has it."""
    return next(iter(take_work(session, find_work(session, [message_id], now=now), now=now)), None)


def take_work(session: Session, found: Sequence[Claim], *, now: datetime) -> list[Claim]:
    """Take what was found in the same transaction; not what has nothing left to say, or has to wait."""
    shut = {work.message_id: work.closed for work in found if work.closed is not None and work.step is Step.POST}
    waiting = _speaking(session, shut)
    for message_id, hold in shut.items():
        if message_id in waiting:
            put_off(session, message_id, hold, now=now)
    may_go = [work for work in found if work.message_id not in waiting]
    changed = change_notices_of(
        session, [work for work in may_go if work.step is not Step.UPDATE], NoticeStatus.CLAIMED, now=now
    )
    mute = {work.message_id for work in may_go if work.step is Step.POST} - changed
    silent = mute - _speaking(session, mute)
    if silent:
        session.execute(update(Message).where(Message.id.in_(silent)).values(status=NoticeStatus.CANCELLED))
    taken = [work for work in may_go if work.message_id not in silent]
    if taken:
        session.execute(_TAKE, {"ids": [work.message_id for work in taken], "lease": LEASE})
    return [work if work.step is Step.UPDATE else replace(work, attempts=work.attempts + 1) for work in taken]


def change_notices_of(
    session: Session, claims: Sequence[Claim], status: NoticeStatus, *, now: datetime, reason: str | None = None
) -> set[uuid.UUID]:
    """Bring the notices that claimed messages have yet to say into a state; return the messages where any were not."""
    ids = [claim.message_id for claim in claims if claim.kind not in WITHOUT_NOTICES]
    return change_live_notices(session, ids, status, actor=DELIVERY, now=now, reason=reason)


def waiting_messages(session: Session, *, now: datetime) -> Sequence[uuid.UUID]:
    """Find every message that waits: the sweep that makes up for whatever the queue lost."""
    waits = _waits(now, func.clock_timestamp())
    return session.scalars(select(Message.id).where(waits).order_by(Message.created_at)).all()


def _waits(now: datetime | ColumnElement[datetime], lease_over: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return what waits at a moment: of `lease_over`, on the database's clock, when a lease must have run out."""
    may_go = or_(Message.held_until.is_(None), Message.held_until <= now, Message.ts.is_not(None))
    unsent = Message.status.in_([NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN])
    return and_(
        or_(Message.claimed_until.is_(None), Message.claimed_until < lease_over),
        may_go,
        or_(unsent, and_(Message.status == NoticeStatus.SENT, Message.version > Message.shown_version)),
    )


def _claims(session: Session, rows: Sequence[Row[Any]], *, now: datetime) -> list[Claim]:
    closed = outside_hours(session, {row.office_id for row in rows if _minds_hours(row)}, now=now)
    return [
        Claim(
            row.id,
            _step_of(row),
            row.channel,
            row.thread_ts,
            bool(row.to_person),
            row.ts,
            row.version,
            row.attempts,
            MessageKind(row.kind),
            row.created_at,
            closed.get(row.office_id) if _minds_hours(row) else None,
        )
        for row in rows
    ]


def _minds_hours(row: Row[Any]) -> bool:
    """Whether a message waits for the hours of its office: what stands may be rewritten at any hour."""
    return row.ts is None and row.kind not in AT_ONCE


def _step_of(row: Row[Any]) -> Step:
    if row.ts is not None:
        return Step.UPDATE
    return Step.POST if row.status == NoticeStatus.PENDING else Step.LOOK_THEN_POST


def _speaking(session: Session, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return the messages that have something to say: a notice, or what is still asked or still shown."""
    return set(session.scalars(_SPEAKING, {"ids": list(ids)})) if ids else set()


_SHOWN = Obligation.id == any_(Message.shows), Obligation.settled.is_(None)
_HAS_NOTICES = exists().where(Notice.message_id == Message.id, Notice.status.in_(LIVE))
#: What has to hold of a message that carries no notices; the kinds that are left out always have something to say.
_SAYS = {
    MessageKind.REQUEST: exists().where(Request.id == Message.request_id, Request.status == RequestStatus.OPEN),
    MessageKind.APPROVAL: exists().where(Approval.id == Message.approval_id, Approval.status == ApprovalStatus.OPEN),
    MessageKind.ASSIGNED: exists().where(*_SHOWN, Obligation.assigned_to_id == Message.person_id),
    MessageKind.OWN: or_(
        exists().where(*_SHOWN),
        exists().where(Approval.id == any_(Message.shows), Approval.status == ApprovalStatus.OPEN),
    ),
    MessageKind.RETURNED: exists().where(*_SHOWN, Obligation.assigned_to_id.is_(None)),
}
_THESE = Message.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
_SPEAKING = select(Message.id).where(
    _THESE,
    or_(
        *(and_(Message.kind == kind, says) for kind, says in _SAYS.items()),
        and_(Message.kind.not_in(WITHOUT_NOTICES), _HAS_NOTICES),
        Message.kind.in_(set(WITHOUT_NOTICES) - set(_SAYS)),
    ),
)

#: The statements are made once, as they are asked for with every message.
_NOW = bindparam("now", type_=DateTime(timezone=True))
_ORDER = (Message.created_at, Message.office_id, Message.id)
_PARENT = aliased(Message)
_WORK = (
    select(
        Message.id,
        Message.kind,
        Message.status,
        Message.channel,
        Message.ts,
        Message.version,
        Message.attempts,
        Message.created_at,
        Message.office_id,
        # None where it went up the ladder, or the thread is gone.
        case((and_(_PARENT.channel == Message.channel, _PARENT.gone_at.is_(None)), _PARENT.ts)).label("thread_ts"),
        # As long as it has not gone up the ladder.
        (Person.slack_id == Message.channel).label("to_person"),
    )
    .outerjoin(_PARENT, _PARENT.id == Message.parent_id)
    .outerjoin(Person, Person.id == Message.person_id)
    .order_by(*_ORDER)
)
_WAITS = _waits(_NOW, func.clock_timestamp() + bindparam("left", type_=Interval))
_STILL = select(Message.id).where(Message.id == bindparam("id"), _WAITS)
_FIND = _WORK.where(_THESE, _WAITS).with_for_update(of=Message, skip_locked=True)
_FIND_MORE = (
    select(Message.id)
    .where(
        Message.id != bindparam("id"),
        Message.status == NoticeStatus.PENDING,
        Message.person_id.is_(None),
        func.coalesce(Message.error, IN_LINE) == IN_LINE,
        _waits(_NOW, func.clock_timestamp()),
    )
    .order_by(*_ORDER)
    .limit(bindparam("most", type_=Integer))
)
_TAKE = (
    update(Message)
    .where(_THESE)
    .values(
        claimed_until=func.clock_timestamp() + bindparam("lease", type_=Interval),
        status=case((Message.ts.is_(None), NoticeStatus.CLAIMED.value), else_=Message.status),
        attempts=case((Message.ts.is_(None), Message.attempts + 1), else_=Message.attempts),
        held_until=None,
        held_why=None,
    )
    .execution_options(synchronize_session=False)
)
