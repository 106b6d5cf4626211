"""Replay the clock over records: every message that would be sent, in the order of its moment.

It goes from moment to moment at which the clock would ask for something, and does there what the workers do: the
check of the rules, the folding, the delivery's claim and note. Only Slack is left out. What is skipped would
have found nothing to do: see `workers.replay`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import message_words
from models.duties import Message, MessageKind, Notice, NoticeStatus, Obligation, Schedule
from models.offices import Office, Person
from operations.actor import office_day
from operations.approve.remind_approvals import offices_with_approvals, remind_approvals
from operations.read.message import Shown, show_message, show_obligation
from operations.read.own import people_with_something
from operations.read.stage_words import stage_words
from operations.read.week import offices_with_a_week
from operations.remind.deliver_message import Step, claim_message, waiting_messages
from operations.remind.digest_office import digest_office
from operations.remind.digest_person import digest_person
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_sent
from operations.remind.out_of_reach import FOR_WANT_OF_A_CHANNEL
from operations.remind.person_schedules import own_schedule
from workers.replay import Bell, Bells, Checks

REWRITTEN = "a duty in it changed after it was posted"
#: Why somebody gets a message that carries no notices.
SUMS_UP = {
    MessageKind.WEEK: "the digest of the week comes at its first sending time, with or without reminders",
    MessageKind.MONTH: "the digest of the program comes at the first sending time of the month",
    MessageKind.OWN: "it is the time that the person chose for a digest, or the default",
}


class Kind(StrEnum):
    """What would happen to a message."""

    POST = "post"
    REWRITE = "rewrite"
    #: Nobody would be told: no channel is set for the office or an office above it.
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Said:
    """One duty of a message, and why it is in it."""

    duty: Shown
    #: "before:14"; None where a message is rewritten.
    stage: str | None
    #: The local day for which the stage was planned.
    planned_for: date | None
    why: str


@dataclass(frozen=True, slots=True)
class Simulated:
    """A message as it would be sent."""

    #: On the office's clock.
    at: datetime
    office: str
    office_name: str
    #: Slack's id; None when it could not be delivered.
    channel: str | None
    kind: Kind
    #: "reminder" of an office, "reply" in the thread of one, "direct" message, or a digest: "week", "month", "own";
    #: None when it could not be delivered.
    message_kind: str | None
    #: The day of the reminder in whose thread it is.
    thread: date | None
    #: Whom a direct message is for.
    person: str | None
    #: The whole message as plain text.
    text: str
    said: tuple[Said, ...]
    #: Why it is sent, where it is no announcement of duties but sums up.
    why: str | None = None


@dataclass
class Replay:
    """What became known on the way."""

    #: Alliances that could not be checked, each with what went wrong.
    failures: dict[str, str] = field(default_factory=dict)


def simulate(
    sessions: sessionmaker[Session],
    *,
    begin: datetime | None,
    first: date,
    last: date,
    offices: Collection[str] | None = None,
    replay: Replay | None = None,
) -> Iterator[Simulated]:
    """Yield what would be sent from `first` to `last`, local days of the offices, both included.

    The clock goes on from `begin` with the ledger as it is; that lies before `first` where reminders fall due in
    between. `begin` None leaves the ledger aside: it starts with `first`, and nothing was said before. `offices`
    are the codes of those to tell of; None: all. The sessions must be those of a private copy: it is written to.
    """
    with sessions.begin() as session:
        if begin is None:
            for table in (Notice, Message, Obligation, Schedule):
                session.execute(delete(table))
        else:
            # Nobody but us works on the copy, and what Slack refuses it goes on refusing.
            session.execute(update(Message).values(claimed_until=None))
            afterwards = datetime.combine(last, time(), UTC) + timedelta(days=2)
            session.execute(update(Office).values(probed_at=afterwards))
            session.execute(update(Person).values(probed_at=afterwards))
        checks, bells = Checks(session), Bells(session, first if begin is None else begin)
        # Nothing is asked or decided on the way; what was said before of what waits is not known of a past range.
        approving = frozenset() if begin is None else offices_with_approvals(session)
    told = replay or Replay()
    waits: dict[int, date] | None = None
    for now, ringing, people, daily in bells.moments(last):
        told.failures.update(checks.run(sessions, None if daily else [office.id for office in ringing], now))
        if waits is None or checks.ran:
            with sessions() as session:
                waits = _waiting_since(session)
        beginning = [office for office in ringing if office.begins_a_week(now)]
        if beginning:
            with sessions() as session:
                weeks = offices_with_a_week(session, now=now)
            beginning = [office for office in beginning if office.id in weeks]
        talking = [
            office
            for office in ringing
            if waits.get(office.id, date.max) <= office_day(now, office.timezone)
            or office in beginning
            or office.id in approving
        ]
        if not (talking or people or checks.ran or bells.a_hold_ends):
            continue
        with sessions.begin() as session:
            made = [unsaid for office in talking if (unsaid := _fold(session, office, now)) is not None]
            some = people_with_something(session, now=now) if people else set()
            for person in people:
                if person.id in some:
                    _sum_up(session, person.id, now)
            made += _deliver(session, bells, now)
        waits = None if talking else waits
        yield from (message for message in made if _is_asked_for(message, first, offices))


def _is_asked_for(made: Simulated, first: date, offices: Collection[str] | None) -> bool:
    return made.at.date() >= first and (offices is None or made.office in offices)


def _waiting_since(session: Session) -> dict[int, date]:
    """Return the first day of which each office has something to say: without that nothing is folded."""
    revivable = Notice.reason.in_(FOR_WANT_OF_A_CHANNEL)
    pending = session.execute(
        select(Notice.office_id, func.min(Notice.day))
        .where(
            or_(
                and_(Notice.status == NoticeStatus.PENDING, Notice.message_id.is_(None)),
                and_(Notice.status == NoticeStatus.FAILED, revivable),
            )
        )
        .group_by(Notice.office_id)
    )
    return {office_id: day for office_id, day in pending}  # noqa: C416 - a row is no pair for mypy


def _fold(session: Session, office: Bell, now: datetime) -> Simulated | None:
    """Fold an office's messages of today; return what could not be told to anybody."""
    day = office_day(now, office.timezone)
    fold_messages(session, office_id=office.id, day=day, now=now)
    remind_approvals(session, office_id=office.id, day=day, now=now)
    digest_office(session, office_id=office.id, day=day, before=office.day_before, now=now)
    failed = session.scalars(
        select(Notice).where(
            Notice.office_id == office.id, Notice.status == NoticeStatus.FAILED, Notice.changed_at == now
        )
    ).all()
    if not failed:
        return None
    said = [_said(shown, n, day) for n in failed if (shown := show_obligation(session, n.obligation_id, now=now))]
    return Simulated(
        at=now.astimezone(ZoneInfo(office.timezone)),
        office=office.code,
        office_name=office.name,
        channel=None,
        kind=Kind.UNDELIVERABLE,
        message_kind=None,
        thread=None,
        person=None,
        text=str(failed[0].reason),
        said=tuple(sorted(said, key=lambda s: (s.duty.due_on, s.duty.alliance, s.duty.rule))),
    )


def _sum_up(session: Session, person_id: int, now: datetime) -> None:
    own = own_schedule(session, person_id, now=now)
    if own is not None:
        digest_person(session, person_id, own.leaves_out, now=now)


def _deliver(session: Session, bells: Bells, now: datetime) -> Iterator[Simulated]:
    """Deliver what waits, as if Slack took it at once."""
    for message_id in waiting_messages(session, now=now):
        claim = claim_message(session, message_id, now=now)
        if claim is None:
            until = session.get_one(Message, message_id).held_until
            if until is not None:
                bells.ends_of_holds.add(until)
            continue
        shown = show_message(session, message_id, now=now)
        words: dict[str, Any] = message_words(shown)
        # Slack's own names of messages are moments, too.
        note_sent(session, claim, ts=claim.ts or f"{now.timestamp():.6f}", words=words, now=now)
        office = bells.by_id[session.get_one(Message, message_id).office_id]
        rewrite = claim.step is Step.UPDATE
        notices = {} if rewrite else _notices(session, message_id)
        sums_up = None if rewrite else SUMS_UP.get(MessageKind(shown.kind))
        yield Simulated(
            at=now.astimezone(ZoneInfo(office.timezone)),
            office=office.code,
            office_name=office.name,
            channel=claim.channel,
            kind=Kind.REWRITE if rewrite else Kind.POST,
            message_kind=shown.kind,
            thread=shown.thread_day,
            person=None if shown.person is None else shown.person.name,
            text=str(words["text"]),
            said=tuple(_said(duty, notices.get(duty.id), shown.day, sums_up) for duty in shown.duties),
            why=sums_up,
        )


def _notices(session: Session, message_id: uuid.UUID) -> dict[uuid.UUID, Notice]:
    sent = select(Notice).where(Notice.message_id == message_id, Notice.status == NoticeStatus.SENT)
    return {notice.obligation_id: notice for notice in session.scalars(sent)}


def _said(duty: Shown, notice: Notice | None, day: date, sums_up: str | None = None) -> Said:
    if notice is None:
        return Said(duty, None, None, sums_up or REWRITTEN)
    why = stage_words(notice.stage, due_on=duty.due_on, planned_for=notice.day, said_on=day)
    return Said(duty, notice.stage, notice.day, why)
