"""Keep the notices of one obligation in line with its reminder stages."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Container, Iterable
from datetime import date, datetime

from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from policy.calendar import NO_CLOSURES, Closures, on_or_after, on_or_before
from policy.duties import Due
from policy.stages import DEFAULT_SETTINGS, StageSettings, stages

#: PostgreSQL's channel on which a message that has to be sent or rewritten is announced.
OUTBOX = "alliance_outbox"

#: Columns of an obligation that a message shows; when one changes, the messages are rewritten.
SHOWN = ("due_on", "required", "held", "planned", "detail", "settled", "snoozed_until", "office_id")


def plan_notices(
    session: Session,
    row: Obligation,
    due: Due | None,
    office: Office,
    existing: Iterable[Notice],
    *,
    folded: Container[uuid.UUID],
    today: date,
    now: datetime,
    closures: Closures = NO_CLOSURES,
    settings: StageSettings = DEFAULT_SETTINGS,
) -> None:
    """Plan what is to be said of an obligation, and cancel what is no longer to be said.

    `due` None means that the records no longer ask for it; `folded` are the messages that nobody began to post
    yet. Days are the lead office's.
    """
    recipient = f"office:{office.code}"
    wanted = _wanted(row, due, today, closures, settings) if due is not None and row.settled is None else []
    seen = set()
    for notice in existing:
        key = (notice.stage, notice.day)
        ours = notice.recipient == recipient
        if ours:
            seen.add(key)
        if notice.status == NoticeStatus.PENDING and not (ours and key in wanted):
            notice.status, notice.reason, notice.changed_at = (
                NoticeStatus.CANCELLED.value,
                _why_cancelled(row),
                now,
            )
        elif ours and key in wanted and notice.status == NoticeStatus.CANCELLED:
            notice.status, notice.reason, notice.changed_at = NoticeStatus.PENDING.value, None, now
            if notice.message_id not in folded:
                # It was left out of that message, which is posted or cancelled: another one has to say it.
                notice.message_id = None
    # Of the stages that passed unsaid only the latest is still worth saying: it is sent as a catch-up.
    past = [key for key in wanted if key[1] < today]
    for stage, day in past[-1:] + wanted[len(past) :]:
        if (stage, day) not in seen:
            session.add(
                Notice(
                    obligation_id=row.id,
                    stage=stage,
                    recipient=recipient,
                    office_id=office.id,
                    day=day,
                    status=NoticeStatus.PENDING.value,
                    changed_at=now,
                )
            )


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
        Message.id.in_(select(Notice.message_id).where(Notice.obligation_id.in_(obligation_ids))),
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


def _wanted(
    row: Obligation, due: Due, today: date, closures: Closures, settings: StageSettings
) -> list[tuple[str, date]]:
    """List the stages with the day on which each is sent, in order of day."""
    planned = [(stage.name, stage.send_on) for stage in stages(due, today, closures, settings)]
    if row.snoozed_until is not None:
        until = on_or_after(row.snoozed_until, closures)
        if until > due.due_on:
            # As every stage up to the due day: before the weekend, not after it.
            until = on_or_before(due.due_on, closures)
        planned = [(name, day) for name, day in planned if day > until]
        planned.insert(0, (f"snoozed:{row.snoozed_until}", until))
    return sorted(planned, key=lambda stage: stage[1])


def _why_cancelled(row: Obligation) -> str:
    if row.settled is not None:
        return f"{row.settled} on {row.settled_on}"
    if row.snoozed_until is not None:
        return f"snoozed until {row.snoozed_until} by {row.snoozed_by}"
    return "the duty was passed on or its date changed"
