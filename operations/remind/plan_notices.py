"""Keep the notices of one obligation in line with its reminder stages."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, inspect, or_, select, text, update
from sqlalchemy.orm import Session

from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from models.requests import Request
from operations.remind.change_notices import change_notices
from operations.remind.recipients import Recipient, recipients
from policy.calendar import NO_CLOSURES, Closures, on_or_after, on_or_before
from policy.duties import Due
from policy.requests import is_past_legal_date
from policy.stages import DEFAULT_SETTINGS, Stage, StageSettings, stages

#: PostgreSQL's channel on which a message that has to be sent or rewritten is announced.
OUTBOX = "alliance_outbox"

#: Who changes notices while planning, as named in the audit.
PLANNER = "rule check"
#: What was planned and reached nobody.
UNSENT = (NoticeStatus.PENDING, NoticeStatus.FAILED)

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
            offices[row.office_id],
            offices,
            snoozed_until=silent_until(row, due),
            today=today,
            closures=closures,
            settings=settings,
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


def rewrite_messages(session: Session, obligation_ids: Collection[uuid.UUID]) -> None:
    """Ask for a new version of every message that shows one of these obligations; announced when we commit."""
    if not obligation_ids:
        return
    session.flush()
    begun = select(Message.id).where(
        or_(
            Message.id.in_(select(Notice.message_id).where(Notice.obligation_id.in_(obligation_ids))),
            Message.request_id.in_(select(Request.id).where(Request.obligation_id.in_(obligation_ids))),
        ),
        Message.status.in_([NoticeStatus.CLAIMED, NoticeStatus.SENT, NoticeStatus.UNCERTAIN]),
    )
    # One message shows duties of several alliances: two that are changed at once take theirs in one order.
    changed = session.scalars(begun.order_by(Message.id).with_for_update()).all()
    session.execute(
        update(Message).where(Message.id.in_(changed)).values(version=Message.version + 1),
        execution_options={"synchronize_session": False},
    )
    for message_id in changed:
        announce(session, message_id)


def announce(session: Session, message_id: uuid.UUID) -> None:
    """Tell the delivery, as soon as we commit, that a message waits; it is found by the sweep otherwise."""
    session.execute(text("select pg_notify(:channel, :id)"), {"channel": OUTBOX, "id": str(message_id)})


def silent_until(row: Obligation | Row[*tuple[Any, ...]], due: Due) -> date | None:
    """Return the day up to which a duty is silent: past its legal date only where a second person agreed."""
    until: date | None = row.snoozed_until
    if until is None or row.snooze_agreed_by is not None:
        return until
    return min(until, due.due_on) if is_past_legal_date(until, due.due_on, due.basis, due.modality) else until


def wanted_notices(
    due: Due,
    owner: Office,
    offices: Mapping[int, Office],
    *,
    snoozed_until: date | None,
    today: date,
    closures: Closures,
    settings: StageSettings,
) -> Wanted:
    """Give what is to be said of an unsettled duty, for the office that owes it."""
    planned = list(stages(due, today, closures, settings))
    if snoozed_until is not None:
        until = on_or_after(snoozed_until, closures)
        if snoozed_until <= due.due_on < until:
            # As every stage up to the due day: before the weekend, not after it.
            until = on_or_before(due.due_on, closures)
        planned = [stage for stage in planned if stage.send_on > until]
        planned.insert(0, Stage(f"snoozed:{snoozed_until}", snoozed_until, until))
    wanted = [(stage, who) for stage in planned for who in recipients(stage.audience, owner, offices)]
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
