"""What the delivery has in hand, what could not be delivered, and what goes out in the days to come."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from models.alliances import Alliance
from models.duties import Message, MessageKind, Notice, NoticeStatus, Obligation, Schedule
from models.offices import Office, Person
from operations.actor import office_day
from operations.approve.remind_approvals import ReminderAhead, approval_reminders_ahead
from operations.closures import read_closures
from operations.gather_program import PROGRAM
from operations.office_settings import settings_of_one
from operations.read.digests_ahead import DigestsAhead, digests_ahead, runs
from operations.read.stage_words import stage_words
from operations.remind.office_schedules import office_name, usable_schedule

#: Calendar days for which a notice that failed is shown.
FAILED_DAYS = 30

#: Calendar days within which the next message is looked for where nothing goes out sooner, the near ones first.
FURTHER = (31, 92, 370)

#: What carries no notices, and is missed by nobody but who waits for it.
_ALONE = {
    MessageKind.REQUEST: "the message that asks for a decision",
    MessageKind.DECIDED: "the message that tells what was decided",
    MessageKind.ASSIGNED: "the message that tells of an assignment",
    MessageKind.APPROVAL: "the message that asks for an approval",
    MessageKind.APPROVAL_NEWS: "the message that tells what became of an approval",
    MessageKind.RETURNED: "the message that tells which duties came back",
    MessageKind.WEEK: "the digest of the week",
    MessageKind.MONTH: "the digest of the month",
    MessageKind.OWN: "the person's own digest",
}
_UNSENT = (NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class InHand:
    """A message on its way to Slack, or one that is being rewritten."""

    id: uuid.UUID
    office: str
    office_name: str
    #: "reminder", "reply", "direct": see `models.duties.MessageKind`.
    kind: str
    #: Whom it was meant for; None where that is a channel.
    person: str | None
    #: The day of the reminder in whose thread it goes.
    thread: date | None
    #: The local day that it is for.
    day: date
    #: Slack's id.
    channel: str
    status: NoticeStatus
    #: Why it does not stand in the channel as it should.
    why: str
    #: Until when it is held, on the office's clock.
    held_until: datetime | None
    since: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class ToSay:
    """One duty that is to be said, or could not be said."""

    obligation_id: uuid.UUID
    alliance: str
    rule: str
    due_on: date
    stage: str
    why: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What an office's message of a day to come will say, if nothing is recorded until then."""

    office: str
    office_name: str
    #: On the office's clock.
    at: datetime
    said: tuple[ToSay, ...]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What an office could not be told, and why; no duties where it was a message without notices."""

    office: str
    office_name: str
    day: date
    why: str
    said: tuple[ToSay, ...]


@dataclass(frozen=True, slots=True)
class Outbox:
    """All of it, each in order of time."""

    in_hand: tuple[InHand, ...]
    undelivered: tuple[Undelivered, ...]
    planned: tuple[Planned, ...]
    digests: tuple[DigestsAhead, ...]
    #: What is brought to mind before officials, if nobody decides until then.
    approvals: tuple[ReminderAhead, ...]
    #: Where nothing is planned in these days: what goes out next, at most 370 calendar days ahead.
    next: Planned | None = None


def read_outbox(session: Session, *, now: datetime, days: int = 7, offices: Collection[str] | None = None) -> Outbox:
    """Read what waits, what failed within 30 calendar days, and what goes out within `days` local calendar days.

    `offices` are codes; None means all of them. Duties that will only open in these days are not in it:
    `alliance simulate` shows those too.
    """
    of = true() if offices is None else Office.code.in_(offices)
    planned = _in_order(session, of, now, days)
    further = (() if planned else _in_order(session, of, now, ahead) for ahead in FURTHER if ahead > days)
    return Outbox(
        in_hand=tuple(_in_hand(session, of, now)),
        undelivered=tuple(read_undelivered(session, now=now, offices=offices)),
        planned=planned,
        digests=digests_ahead(session, now=now, days=days, offices=offices),
        approvals=approval_reminders_ahead(session, now=now, days=days, offices=offices),
        next=next((found[0] for found in further if found), None),
    )


def _in_hand(session: Session, of: ColumnElement[bool], now: datetime) -> Iterator[InHand]:
    behind = (Message.status == NoticeStatus.SENT) & (Message.version > Message.shown_version)
    thread, leased = aliased(Message), Message.claimed_until > func.clock_timestamp()
    rows = session.execute(
        select(
            Message,
            Office,
            Person.name,
            thread.day,
            func.coalesce(leased, False),
        )
        .join(Office, Office.id == Message.office_id)
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(thread, thread.id == Message.parent_id)
        .where(or_(Message.status.in_(_UNSENT), behind), of)
        .order_by(Message.created_at)
    )
    for message, office, person, thread_day, claimed in rows:
        status = NoticeStatus(message.status)
        until, why = message.held_until, message.held_why
        if until is None or until <= now:
            until, why = None, _why_waiting(status, message.error, claimed=claimed)
        yield InHand(
            id=message.id,
            office=office.code,
            office_name=office.name,
            kind=message.kind,
            person=person,
            thread=thread_day,
            day=message.day,
            channel=message.channel,
            status=status,
            why=why or "",
            held_until=until and until.astimezone(ZoneInfo(office.timezone)),
            since=message.created_at,
            attempts=message.attempts,
        )


def _why_waiting(status: NoticeStatus, error: str | None, *, claimed: bool) -> str:
    said = f" ({error})" if error else ""
    if claimed:
        return "a worker has it in hand"
    match status:
        case NoticeStatus.PENDING:
            return f"not posted yet{said}; it is tried again" if error else "it is posted next"
        case NoticeStatus.SENT:
            return f"a duty in it changed{said}; it is rewritten next"
    return f"nobody knows whether it arrived{said}; the channel is searched before anything is posted again"


def read_undelivered(
    session: Session, *, now: datetime, offices: Collection[str] | None = None
) -> Iterator[Undelivered]:
    """Read what failed within 30 calendar days and is still to be said; `offices` are codes, None means all."""
    of = true() if offices is None else Office.code.in_(offices)
    since = now - timedelta(days=FAILED_DAYS)
    found: dict[tuple[str, str, date, str], list[ToSay]] = {}
    for office, notice, to_say in _notices(
        session, of & (Notice.status == NoticeStatus.FAILED) & (Notice.changed_at >= since)
    ):
        key = (office.code, office.name, notice.day, notice.reason or "unknown")
        found.setdefault(key, []).append(to_say)
    for (code, name, day, why), said in found.items():
        yield Undelivered(code, name, day, why, tuple(said))
    failed = (
        select(Message, Office, Person.name)
        .join(Office, Office.id == Message.office_id)
        .outerjoin(Person, Person.id == Message.person_id)
        .where(of, Message.status == NoticeStatus.FAILED, Message.kind.in_(_ALONE), Message.created_at >= since)
    )
    for message, office, person in session.execute(failed.order_by(Message.day, Message.id)):
        what = _ALONE[MessageKind(message.kind)] + (f", for {person}," if person else "")
        yield Undelivered(
            office.code, office.name, message.day, f"{what} was refused: {message.error or 'unknown'}", ()
        )


def _in_order(session: Session, of: ColumnElement[bool], now: datetime, days: int) -> tuple[Planned, ...]:
    return tuple(sorted(_planned(session, of, now, days), key=lambda p: (p.at, p.office)))


def _planned(session: Session, of: ColumnElement[bool], now: datetime, days: int) -> Iterator[Planned]:
    closures = read_closures(session)
    ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
    pending = of & (Notice.status == NoticeStatus.PENDING) & Notice.message_id.is_(None)
    waiting: dict[str, tuple[Office, list[tuple[Notice, ToSay]]]] = {}
    for office, notice, to_say in _notices(session, pending):
        if notice.day <= office_day(now, office.timezone) + timedelta(days=days):
            waiting.setdefault(office.code, (office, []))[1].append((notice, to_say))
    for office, said in waiting.values():
        window = settings_of_one(session, office).window
        line = usable_schedule(office.code, office.schedule)
        moments = runs(line, office.timezone, ran_until.get(office_name(office.code)), now, closures, window=window)
        yield from _by_moment(office, moments, said, office_day(now, office.timezone) + timedelta(days=days))


def _by_moment(
    office: Office, moments: Iterator[datetime], said: Sequence[tuple[Notice, ToSay]], last: date
) -> Iterator[Planned]:
    """Put each notice into the first message from its day on; of several of one duty the latest is said."""
    rest = list(said)
    while rest:
        at = next(moments)
        day = office_day(at, office.timezone)
        if day > last:
            return
        # What an earlier message did not say is caught up on: the sentence names both days.
        due = {
            to_say.obligation_id: replace(to_say, why=_why(notice, to_say.due_on, said_on=day))
            for notice, to_say in rest
            if notice.day <= day
        }
        rest = [(notice, to_say) for notice, to_say in rest if notice.day > day]
        if due:
            local = at.astimezone(ZoneInfo(office.timezone))
            yield Planned(office.code, office.name, local, tuple(sorted(due.values(), key=lambda s: s.due_on)))


def _notices(session: Session, where: ColumnElement[bool]) -> Iterator[tuple[Office, Notice, ToSay]]:
    rows = session.execute(
        select(Notice, Office, Obligation, func.coalesce(Alliance.name, PROGRAM))
        .join(Office, Office.id == Notice.office_id)
        .join(Obligation, Obligation.id == Notice.obligation_id)
        .outerjoin(Alliance, Alliance.id == Obligation.alliance_id)
        .where(where)
        .order_by(Notice.day, Notice.id)
    )
    for notice, office, row, alliance in rows:
        why = _why(notice, row.due_on, said_on=notice.day)
        yield office, notice, ToSay(row.id, alliance, row.rule, row.due_on, notice.stage, why)


def _why(notice: Notice, due_on: date, *, said_on: date) -> str:
    return stage_words(notice.stage, due_on=due_on, planned_for=notice.day, said_on=said_on)
