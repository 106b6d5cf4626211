"""Keep the notices of one obligation in line with its reminder stages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, and_, inspect, select, text, union, update
from sqlalchemy.orm import Session, aliased

from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from models.requests import Request
from operations.remind.change_notices import change_notices
from operations.remind.recipients import Recipient, recipients
from policy.calendar import NO_CLOSURES, Closures
from policy.duties import Due
from policy.requests import reminded_on, silent_until
from policy.stages import DEFAULT_SETTINGS, Audience, Stage, StageSettings, stages

#: PostgreSQL's channel on which a message that has to be sent or rewritten is announced.
OUTBOX = "alliance_outbox"

#: Who changes notices while planning, as named in the audit.
PLANNER = "rule check"
#: What was planned and reached nobody.
UNSENT = (NoticeStatus.PENDING, NoticeStatus.FAILED)

#: Digests of an office, or of a person, that are rewritten: the newest and the one before; older ones are history.
CURRENT_DIGESTS = 2

#: Columns of an obligation that a message shows; when one changes, the messages are rewritten.
SHOWN = ("due_on", "required", "held", "planned", "detail", "settled", "snoozed_until", "office_id", "assigned_to_id")

#: What has to be known of a notice to tell whether it is in line.
NOTICE_COLUMNS = (Notice.obligation_id, Notice.stage, Notice.day, Notice.recipient, Notice.status)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be said of a duty; a key is stage, day and recipient."""

    all: tuple[tuple[Stage, Recipient], ...]
    keys: frozenset[tuple[str, date, str]]
    #: Those that are planned where they are not: what passed long ago is not said any more.
    worth_saying: frozenset[tuple[str, date, str]]


def plan_notices(
    session: Session,
    row: Obligation,
    due: Due | None,
    offices: Mapping[int, Office],
    existing: Iterable[Notice],
    *,
    folded: Container[uuid.UUID],
    today: date,
    now: datetime,
    closures: Closures = NO_CLOSURES,
    settings: StageSettings = DEFAULT_SETTINGS,
) -> None:
    """Plan what is to be said of an obligation, and cancel what is no longer to be said.

    `due` None means that the records no longer ask for it; `offices` are all there are, by id; `folded` are the
    messages that nobody began to post yet. Days are the lead office's.
    """
    wanted = Wanted((), frozenset(), frozenset())
    if due is not None and row.settled is None:
        wanted = wanted_notices(
            due,
            stages(due, today, closures, settings),
            lambda audience: recipients(audience, offices[row.office_id], offices),
            snoozed_until=silence(row, due),
            today=today,
            closures=closures,
        )
    seen, unwanted, wanted_again = set(), [], []
    for notice in existing:
        key = (notice.stage, notice.day, notice.recipient)
        seen.add(key)
        if notice.status in UNSENT and key not in wanted.keys:
            unwanted.append(notice)
        elif notice.status == NoticeStatus.CANCELLED and key in wanted.keys:
            wanted_again.append(notice)
            if notice.message_id not in folded:
                # It was left out of that message, which is posted or cancelled: another one has to say it.
                notice.message_id = None
    change = partial(change_notices, session, actor=PLANNER, subject=f"obligation:{row.id}", now=now)
    change(unwanted, NoticeStatus.CANCELLED, reason=_why_cancelled(row))
    change(wanted_again, NoticeStatus.PENDING)
    for stage, recipient in wanted.all:
        key = (stage.name, stage.send_on, recipient.name)
        if key in wanted.worth_saying and key not in seen:
            session.add(
                Notice(
                    obligation_id=row.id,
                    stage=stage.name,
                    recipient=recipient.name,
                    audience=recipient.audience.value,
                    office_id=recipient.office_id,
                    day=stage.send_on,
                    status=NoticeStatus.PENDING.value,
                    changed_at=now,
                )
            )


def in_line(existing: Iterable[Row[*tuple[Any, ...]]], wanted: Wanted) -> bool:
    """Whether `plan_notices` would find nothing to do for an unsettled obligation; rows are of `NOTICE_COLUMNS`."""
    seen = set()
    for _, stage, day, recipient, status in existing:
        key = (stage, day, recipient)
        if status == NoticeStatus.CANCELLED if key in wanted.keys else status in UNSENT:
            return False
        seen.add(key)
    return wanted.worth_saying <= seen


def shows_a_change(row: Obligation) -> bool:
    """Whether a message that shows an obligation has to be rewritten; to be asked before the row is flushed."""
    history = inspect(row)
    return any(history.attrs[name].history.has_changes() for name in SHOWN)


def messages_showing(
    session: Session, obligation_ids: Collection[uuid.UUID], approval_ids: Collection[uuid.UUID] = ()
) -> Sequence[uuid.UUID]:
    """Find the messages that say or ask something of one of these obligations or approvals, or list it.

    A statement of its own, which each time takes the indexes: as a part of another it may have every message read.
    """
    ids = list(obligation_ids)
    shows: CompoundSelect[uuid.UUID | None] = union(
        select(Notice.message_id).where(Notice.obligation_id.in_(ids)),
        select(Message.id).join(Request).where(Request.obligation_id.in_(ids)),
        select(Message.id).where(Message.shows.overlap([*ids, *approval_ids])),
        *([select(Message.id).where(Message.approval_id.in_(approval_ids))] if approval_ids else []),
    )
    return [id for id in session.scalars(shows) if id is not None]


def rewrite_messages(session: Session, obligation_ids: Collection[uuid.UUID]) -> None:
    """Ask for a new version of every message that shows one of these obligations; announced when we commit.

    Digests that are history keep their words.
    """
    if not obligation_ids:
        return
    session.flush()
    shown = select(Message.id, Message.status).where(
        Message.id.in_(messages_showing(session, obligation_ids)),
        Message.status.in_([NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.SENT, NoticeStatus.UNCERTAIN]),
        ~is_history(),
    )
    # One message shows duties of several alliances: two that are changed at once take theirs in one order. What
    # waits is locked, too, as it may be put into words at this moment; where it is not, it will say what holds.
    locked = session.execute(shown.order_by(Message.id).with_for_update()).all()
    ask_for_rewrite(session, [message_id for message_id, _ in locked])


def ask_for_rewrite(session: Session, message_ids: Collection[uuid.UUID]) -> None:
    """Ask for a new version of messages that are locked, where they do not wait to be put into words anyway."""
    if not message_ids:
        return
    begun = [NoticeStatus.CLAIMED, NoticeStatus.SENT, NoticeStatus.UNCERTAIN]
    changed = session.scalars(
        update(Message)
        .where(Message.id.in_(message_ids), Message.status.in_(begun))
        .values(version=Message.version + 1)
        .returning(Message.id),
        execution_options={"synchronize_session": False},
    ).all()
    for message_id in changed:
        announce(session, message_id)


def is_history() -> ColumnElement[bool]:
    """Whether a message is a digest after which so many of its kind were sent that nobody acts by it any more."""
    later = aliased(Message)
    overtaken = (
        select(later.id)
        .where(
            later.kind == Message.kind,
            later.office_id == Message.office_id,
            later.person_id.is_not_distinct_from(Message.person_id),
            later.period > Message.period,
            later.status == NoticeStatus.SENT,
        )
        .correlate(Message)
        .offset(CURRENT_DIGESTS - 1)
        .limit(1)
    )
    return and_(Message.status == NoticeStatus.SENT, Message.period.is_not(None), overtaken.exists())


def announce(session: Session, message_id: uuid.UUID) -> None:
    """Tell the delivery, as soon as we commit, that a message waits; it is found by the sweep otherwise."""
    session.execute(text("select pg_notify(:channel, :id)"), {"channel": OUTBOX, "id": str(message_id)})


def silence(row: Obligation | Row[*tuple[Any, ...]], due: Due) -> date | None:
    """Return the day up to which a duty is silent."""
    agreed = row.snooze_agreed_by is not None
    return silent_until(row.snoozed_until, due.due_on, due.basis, due.modality, agreed=agreed)


def wanted_notices(
    due: Due,
    planned: Sequence[Stage],
    told: Callable[[Audience], Iterable[Recipient]],
    *,
    snoozed_until: date | None,
    today: date,
    closures: Closures,
) -> Wanted:
    """Give what is to be said of an unsettled duty with these stages; `told` gives who hears of one."""
    if snoozed_until is not None:
        until = reminded_on(snoozed_until, due.due_on, closures)
        first = Stage(f"snoozed:{snoozed_until}", snoozed_until, until)
        planned = [first, *(stage for stage in planned if stage.send_on > until)]
    wanted = [(stage, who) for stage in planned for who in told(stage.audience)]
    # Of the stages that passed unsaid only the latest is still worth saying: it is sent as a catch-up.
    since = max((stage.send_on for stage in planned if stage.send_on < today), default=today)
    keys = [(stage.name, stage.send_on, who.name) for stage, who in wanted]
    return Wanted(tuple(wanted), frozenset(keys), frozenset(key for key in keys if key[1] >= since))


def _why_cancelled(row: Obligation) -> str:
    if row.settled is not None:
        return f"{row.settled} on {row.settled_on}"
    if row.snoozed_until is not None:
        return f"snoozed until {row.snoozed_until} by {row.snoozed_by}"
    return "the duty was passed on or its date changed"
