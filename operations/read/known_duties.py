"""What was believed to be owed on a past day, and what people had been told of it by then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from operations.actor import office_day, offices_below
from operations.read.duties import PROGRAM_NAMES, Owed, unless_failed
from operations.read.find_alliance import Found
from operations.read.known_on import end_of, gather_known
from operations.read.known_program import gather_known_program
from operations.read.named_alliance import named_alliance
from operations.read.pick_duty import Picked, pick_duty
from operations.read.stage_words import stage_words
from operations.refusals import Refused
from policy.duties import Modality
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Believed:
    """What was believed to be owed, and what of that cannot be told for certain."""

    owed: tuple[Owed, ...]
    #: Sentences, each with the name of its alliance.
    unsure: tuple[str, ...]
    #: A sentence for each alliance over which a rule fails.
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A stage of a duty that was announced."""

    stage: str
    why: str
    office: str
    channel: str
    sent_at: datetime
    #: What the message said of the duty; None where its words are not kept.
    words: str | None
    #: Whether the message was rewritten after the day that is asked about: its words are the latest.
    rewritten_since: bool


@dataclass(frozen=True, slots=True)
class Recalled:
    """A duty as it was believed to stand, and what had been told of it."""

    picked: Picked
    told: tuple[Told, ...]
    unsure: tuple[str, ...]


def list_known(
    session: Session,
    *,
    known_on: date,
    as_of: date,
    office: str | None = None,
    within: int | None = None,
    settled: bool = False,
) -> Believed:
    """List the duties as they were believed to stand on a day, by what was on record at the end of another.

    `office`, `within` and `settled` choose as `list_due` does.
    """
    program = gather_known_program(session, known_on)
    everything = [*gather_known(session, known_on), *([] if program is None else [program])]
    if office is not None:
        wanted = offices_below(session, office)
        everything = [known for known in everything if wanted.intersection(known.of.facts.offices)]
    last = date.max if within is None else as_of + timedelta(days=within)
    failed: list[str] = []
    owed = [
        Owed(due, known.of, as_of)
        for known in everything
        for due in unless_failed(known.of.duties_on, as_of, failed=failed)
        if (settled or due.status.unsettled)
        and (within is None or (due.due_on <= last and due.modality is not Modality.PERMISSION))
    ]
    unsure = [f"{known.of.facts.name}: {sentence}" for known in everything for sentence in known.unsure]
    return Believed(tuple(sorted(owed, key=lambda o: o.order)), tuple(unsure), tuple(failed))


def recall_duty(
    session: Session,
    *,
    name: str,
    rule: str,
    period: str | None = None,
    about: str | None = None,
    known_on: date,
    as_of: date,
    find: Callable[[Session, str], Found] = named_alliance,
) -> Recalled:
    """Find the duty that a person asks about as it was believed to stand; of several as `pick_duty` does.

    `find` finds the alliance by its name.

    Raises:
        Refused: No alliance is called so, or no such duty was known of by then.
    """
    if name.casefold() in PROGRAM_NAMES:
        known = gather_known_program(session, known_on)
    else:
        known = next(iter(gather_known(session, known_on, [find(session, name).id])), None)
    if known is None:
        raise Refused(f"“{name}” was not on record yet at the end of {spelled(known_on)}.")
    try:
        picked = pick_duty(known.of, rule=rule, period=period, about=about, as_of=as_of)
    except Refused as refused:
        raise Refused(f"By what was on record at the end of {spelled(known_on)}: {refused.sentence}") from None
    told = tuple(_told(session, picked.owed.due.id, end_of(known_on, known.of.timezone)))
    return Recalled(picked, told, known.unsure)


def _told(session: Session, obligation_id: uuid.UUID, until: datetime) -> Iterator[Told]:
    rows = session.execute(
        select(Notice, Message, Office, Obligation.due_on)
        .join(Message, Message.id == Notice.message_id)
        .join(Office, Office.id == Message.office_id)
        .join(Obligation, Obligation.id == Notice.obligation_id)
        .where(
            Notice.obligation_id == obligation_id,
            Notice.status == NoticeStatus.SENT,
            Message.sent_at < until,
        )
        .order_by(Message.sent_at, Notice.day)
    )
    for notice, message, office, due_on in rows:
        if message.sent_at is None:
            continue
        rewritten_at = session.scalar(
            select(func.max(AuditEntry.at)).where(
                AuditEntry.subject == f"message:{message.id}", AuditEntry.action == "message:rewritten"
            )
        )
        yield Told(
            stage=notice.stage,
            why=stage_words(
                notice.stage,
                due_on=due_on,
                planned_for=notice.day,
                said_on=office_day(message.sent_at, office.timezone),
            ),
            office=office.code,
            channel=message.channel,
            sent_at=message.sent_at,
            words=_words_of(message.words, obligation_id),
            rewritten_since=rewritten_at is not None and rewritten_at >= until,
        )


def _words_of(words: dict[str, Any] | None, obligation_id: uuid.UUID) -> str | None:
    """Return what a message says of one duty; the whole text where it was too long to show each on its own."""
    if not words:
        return None
    for block in words.get("blocks", ()):
        if block.get("block_id") == f"duty:{obligation_id}":
            return str(block["text"]["text"])
    return words.get("text")
