"""What the delivery has in hand, what could not be delivered, and what goes out in the days to come."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Message, Notice, NoticeStatus, Obligation, Schedule
from models.offices import Office
from operations.actor import office_day
from operations.closures import read_closures
from operations.gather_program import PROGRAM
from operations.read.stage_words import stage_words
from operations.remind.office_schedules import office_name, usable_schedule
from policy.calendar import Closures
from policy.sending_times import next_look

#: Calendar days for which a notice that failed is shown.
FAILED_DAYS = 30

_UNSENT = (NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class InHand:
    """A message on its way to Slack, or one that is being rewritten."""

    id: uuid.UUID
    office: str
    office_name: str
    #: The local day that it is for.
    day: date
    #: Slack's id.
    channel: str
    status: NoticeStatus
    #: Why it does not stand in the channel as it should.
    why: str
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
    """What an office could not be told, and why."""

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


def read_outbox(session: Session, *, now: datetime, days: int = 7, offices: Collection[str] | None = None) -> Outbox:
    """Read what waits, what failed within 30 calendar days, and what goes out within `days` local calendar days.

    `offices` are codes; None means all of them. Duties that will only open in these days are not in it:
    `alliance simulate` shows those too.
    """
    of = true() if offices is None else Office.code.in_(offices)
    return Outbox(
        in_hand=tuple(_in_hand(session, of)),
        undelivered=tuple(read_undelivered(session, now=now, offices=offices)),
        planned=tuple(sorted(_planned(session, of, now, days), key=lambda p: (p.at, p.office))),
    )


def _in_hand(session: Session, of: ColumnElement[bool]) -> Iterator[InHand]:
    behind = (Message.status == NoticeStatus.SENT) & (Message.version > Message.shown_version)
    rows = session.execute(
        select(Message, Office, func.coalesce(Message.claimed_until > func.clock_timestamp(), False))
        .join(Office, Office.id == Message.office_id)
        .where(or_(Message.status.in_(_UNSENT), behind), of)
        .order_by(Message.created_at)
    )
    for message, office, held in rows:
        status = NoticeStatus(message.status)
        yield InHand(
            id=message.id,
            office=office.code,
            office_name=office.name,
            day=message.day,
            channel=message.channel,
            status=status,
            why=_why_waiting(status, message.error, held=held),
            since=message.created_at,
            attempts=message.attempts,
        )


def _why_waiting(status: NoticeStatus, error: str | None, *, held: bool) -> str:
    said = f" ({error})" if error else ""
    if held:
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


def _planned(session: Session, of: ColumnElement[bool], now: datetime, days: int) -> Iterator[Planned]:
    closures = read_closures(session)
    ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
    pending = of & (Notice.status == NoticeStatus.PENDING) & Notice.message_id.is_(None)
    waiting: dict[str, tuple[Office, list[tuple[Notice, ToSay]]]] = {}
    for office, notice, to_say in _notices(session, pending):
        if notice.day <= office_day(now, office.timezone) + timedelta(days=days):
            waiting.setdefault(office.code, (office, []))[1].append((notice, to_say))
    for office, said in waiting.values():
        moments = _moments(office, ran_until.get(office_name(office.code)), now, closures)
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
        due = {to_say.obligation_id: to_say for notice, to_say in rest if notice.day <= day}
        rest = [(notice, to_say) for notice, to_say in rest if notice.day > day]
        if due:
            local = at.astimezone(ZoneInfo(office.timezone))
            yield Planned(office.code, office.name, local, tuple(sorted(due.values(), key=lambda s: s.due_on)))


def _moments(office: Office, ran_until: datetime | None, now: datetime, closures: Closures) -> Iterator[datetime]:
    """Yield when the office's messages go, at most one a local day."""
    line = usable_schedule(office.code, office.schedule)
    moment = now
    while True:
        moment = next_look(line, office.timezone, ran_until, moment, closures)
        yield moment
        ran_until = moment
        moment += _INSTANT


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
        why = stage_words(notice.stage, due_on=row.due_on, planned_for=notice.day, said_on=notice.day)
        yield office, notice, ToSay(row.id, alliance, row.rule, row.due_on, notice.stage, why)
