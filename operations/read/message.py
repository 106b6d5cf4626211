"""What a message says: its duties as they stand now."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select
from sqlalchemy.orm import Session, defer, load_only

from models.alliances import Alliance, AllianceOffice
from models.approvals import Approval
from models.duties import WITHOUT_NOTICES, Message, MessageKind, Notice, NoticeStatus, Obligation
from models.offices import Office, Person
from models.requests import Request
from operations.actor import office_day
from operations.closures import read_closures
from operations.gather_program import PROGRAM
from operations.read.annual_report import lacks_of
from operations.read.answers import NOTHING, Answers, read_answers
from operations.read.approvals import ApprovalShown, show_approval
from operations.read.month import Month, read_month
from operations.read.officials import Named, find_escalations
from operations.read.outbox import Undelivered, read_undelivered
from operations.read.requests import Requested, show_request
from operations.read.undeliverable import Undeliverable, read_undeliverable
from operations.refusals import Refused
from policy.calendar import Closures, on_or_before
from policy.duties import Basis, Modality, Period, Status
from policy.meeting_year import MeetingYear
from policy.requests import reminded_on, silent_until
from policy.rules.annual_report import RULE as REPORT
from policy.stages import Audience
from policy.standing import status_while_unsettled


@dataclass(frozen=True, slots=True)
class Shown:
    """One obligation as a surface shows it."""

    id: uuid.UUID
    #: None for a duty of the program as a whole.
    alliance_id: int | None
    alliance: str
    office: str
    rule: str
    subject: str
    period: str | None
    due_on: date
    #: The last federal working day on or before `due_on`.
    working_day: date
    status: Status
    basis: Basis
    modality: Modality
    clauses: tuple[str, ...]
    owner: str
    #: Meetings only.
    meetings: MeetingYear | None
    #: The day on which it stands so, at its office.
    on: date
    settled_on: date | None
    settled_by: str | None
    reason: str | None
    snoozed_until: date | None
    snoozed_by: str | None
    #: The office it was passed on to; None when it stayed where it was.
    passed_to: str | None
    #: Code of the office that gets its reminders.
    office_code: str = ""
    #: What tells it from others of its rule, or how far it has come.
    detail: str | None = None
    #: Why it is in this message: "after:7"; None on a surface that is no message.
    stage: str | None = None
    #: As what the recipient of the message hears of it.
    audience: Audience = Audience.OWNER
    #: In a message that escalates: who owes it, and who else is told at this stage.
    owners: tuple[Named, ...] = ()
    told: tuple[Named, ...] = ()
    answers: Answers = NOTHING
    snooze_reason: str | None = None
    #: Who agreed that it goes past the legal date.
    snooze_agreed_by: str | None = None
    #: The working day on which the snoozed reminder comes.
    reminded_on: date | None = None
    #: In a digest: that it is owed by another office, in whose alliance the office takes part.
    takes_part: bool = False
    #: How many things the report still lacks that it reminds of; None for everything else.
    lacks: int | None = None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message for one office or person and day."""

    id: uuid.UUID
    office: str
    day: date
    duties: tuple[Shown, ...]
    #: "reminder", "reply" in the thread of a reminder, "direct" message to a person, "undeliverable", "request",
    #: "decided" or "assigned" to who is concerned, "returned" to an office, an "approval" or the "approval-news" of
    #: one, or a digest: of an office's "week", the program's "month", or a person's "own".
    kind: str = "reminder"
    #: Whom a direct message is for.
    person: Named | None = None
    #: Why it went to another channel than its own.
    climbed_why: str | None = None
    #: The day of the reminder in whose thread it stands.
    thread_day: date | None = None
    #: What it lists, where it is the daily list of that.
    undeliverable: Undeliverable | None = None
    #: What it asks for, where it asks an official to decide.
    request: Requested | None = None
    office_code: str = ""
    #: What the office could not be told, where it is the digest of its week.
    undelivered: tuple[Undelivered, ...] = ()
    #: How the program stands, where it is the digest of its month.
    month: Month | None = None
    #: What it puts before an official, or tells of to who asked, and on which occasion: see `Message.occasion`.
    approval: ApprovalShown | None = None
    occasion: str = ""
    #: What waited for a person's decision, where it is their own digest.
    approvals: tuple[ApprovalShown, ...] = ()


#: A duty that a message announces, and its notice.
Announced = tuple[Obligation, Alliance | None, Office, Notice]


def show_message(session: Session, message_id: uuid.UUID, *, now: datetime) -> ShownMessage:
    """Show a message with its duties as they stand, in order of due date.

    Raises:
        Refused: There is no such message.
    """
    shown = show_messages(session, [message_id], now=now)
    if not shown:
        raise Refused("This message is no longer on record; /alliance due shows what is owed.")
    return shown[message_id]


def show_messages(session: Session, ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, ShownMessage]:
    """Show messages, each as `show_message` does; what all of them need is read once. Unknown ids are left out."""
    found = session.execute(_MESSAGES, {"ids": list(ids)}).all()
    said = _announced(session, [message.id for message, _ in found if message.kind not in WITHOUT_NOTICES])
    answers = read_answers(session, {row.id for rows in said.values() for row, *_ in rows}, now=now)
    closures = read_closures(session)
    return {
        message.id: _show(
            session, message, office, said.get(message.id, []), answers=answers, closures=closures, now=now
        )
        for message, office in found
    }


def _show(
    session: Session,
    message: Message,
    office: Office,
    rows: Sequence[Announced],
    *,
    answers: Mapping[uuid.UUID, Answers],
    closures: Closures,
    now: datetime,
) -> ShownMessage:
    today = office_day(now, office.timezone)
    escalated = find_escalations(session, [(row, notice) for row, *_, notice in rows], today)
    duties = []
    for obligation, alliance, owner_office, notice in rows:
        away = notice.audience == Audience.OWNER and owner_office.id != office.id
        owners, told = escalated.get(notice.id, ((), ()))
        duties.append(
            _shown(
                obligation,
                alliance,
                owner_office,
                today,
                closures,
                away=away,
                stage=notice.stage,
                audience=Audience(notice.audience),
                owners=owners,
                told=told,
                answers=answers.get(obligation.id, NOTHING),
                lacks=_lacks(session, obligation, alliance, today),
            )
        )
    if message.shows is not None:
        duties += _summed_up(session, message, office, today, closures, now=now)
    asked = None if message.request_id is None else session.get_one(Request, message.request_id)
    if asked is not None:
        row, alliance, holder = session.execute(_query().where(Obligation.id == asked.obligation_id)).one()
        duties.append(_shown(row, alliance, holder, today, closures, away=row.passed_on))
    parent = None if message.parent_id is None else session.get_one(Message, message.parent_id)
    person = None if message.person_id is None else session.get_one(Person, message.person_id)
    return ShownMessage(
        message.id,
        office.name,
        message.day,
        tuple(duties),
        kind=message.kind,
        person=None if person is None else Named(person.name, person.slack_id),
        climbed_why=message.climbed_why,
        thread_day=None if parent is None else parent.day,
        undeliverable=(
            read_undeliverable(session, office, now=now) if message.kind == MessageKind.UNDELIVERABLE else None
        ),
        request=None if asked is None else show_request(session, asked, row, now=now),
        office_code=office.code,
        undelivered=(
            tuple(read_undelivered(session, now=now, offices=[office.code])) if message.kind == MessageKind.WEEK else ()
        ),
        month=read_month(session, office, message.day, now=now) if message.kind == MessageKind.MONTH else None,
        approval=(
            None
            if message.approval_id is None
            else show_approval(
                session, message.approval_id, now=now, seen_by=message.person_id, office_id=message.office_id
            )
        ),
        occasion=message.occasion or "",
        approvals=tuple(_to_approve(session, message, now=now)) if message.kind == MessageKind.OWN else (),
    )


def _to_approve(session: Session, message: Message, *, now: datetime) -> Iterator[ApprovalShown]:
    """Yield the approvals that a digest lists, as they stand now."""
    listed = select(Approval.id).where(Approval.id.in_(message.shows or []))
    for id in session.scalars(listed.order_by(Approval.asked_at, Approval.id)).all():
        yield show_approval(session, id, now=now, seen_by=message.person_id)


def _announced(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Announced]]:
    """Read the duties that each of some messages announces, each with its notice."""
    said: dict[uuid.UUID, dict[uuid.UUID, Announced]] = {}
    if ids:
        for row, alliance, office, notice in session.execute(_ANNOUNCED, {"ids": list(ids)}):
            # A duty stands there once, to whomever of those who get the message it was to be said.
            said.setdefault(notice.message_id, {})[row.id] = (row, alliance, office, notice)
    return {id: list(rows.values()) for id, rows in said.items()}


def _summed_up(
    session: Session, message: Message, office: Office, today: date, closures: Closures, *, now: datetime
) -> list[Shown]:
    """Show the duties of a digest as they stand now."""
    ids = message.shows or []
    answers = read_answers(session, ids, now=now)
    joined = set(
        session.scalars(
            select(AllianceOffice.alliance_id).where(AllianceOffice.office_id == office.id, AllianceOffice.rank > 0)
        )
    )
    found = []
    for row, alliance, holder in session.execute(_query().where(Obligation.id.in_(ids))):
        elsewhere = message.kind == MessageKind.WEEK and holder.id != office.id
        takes_part = elsewhere and row.alliance_id in joined
        shown = _shown(row, alliance, holder, today, closures, away=elsewhere and not takes_part)
        found.append(replace(shown, takes_part=takes_part, answers=answers.get(row.id, NOTHING)))
    return found


def show_obligation(session: Session, obligation_id: uuid.UUID, *, now: datetime) -> Shown | None:
    """Show one obligation; None when there is none of that id."""
    row = session.execute(_query().where(Obligation.id == obligation_id)).one_or_none()
    if row is None:
        return None
    obligation, alliance, office = row
    today, closures = office_day(now, office.timezone), read_closures(session)
    shown = _shown(obligation, alliance, office, today, closures, away=obligation.passed_on)
    return replace(shown, answers=read_answers(session, [obligation_id], now=now).get(obligation_id, NOTHING))


def _lacks(session: Session, row: Obligation, alliance: Alliance | None, today: date) -> int | None:
    """Count what the annual report still lacks that a duty asks for."""
    if row.rule != REPORT or row.settled or alliance is None or row.period is None:
        return None
    first, last = map(date.fromisoformat, row.period.split("/"))
    return lacks_of(session, alliance, Period(first, last), today=today)


def _query() -> Select[Obligation, Alliance | None, Office]:
    return (
        select(Obligation, Alliance, Office)
        .outerjoin(Alliance, Alliance.id == Obligation.alliance_id)
        .join(Office, Office.id == Obligation.office_id)
        .order_by(Obligation.due_on, Alliance.name, Obligation.rule)
    )


#: Made once, as they are asked for with every message.
_MESSAGES = (
    select(Message, Office)
    .options(defer(Message.words))
    .join(Office, Office.id == Message.office_id)
    .where(Message.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
_ANNOUNCED = (
    _query()
    # All else of them is seldom asked for, and read then.
    .options(load_only(Alliance.name), load_only(Office.code, Office.name, Office.timezone))
    .join(Notice, Notice.obligation_id == Obligation.id)
    .add_columns(Notice)
    .where(
        Notice.message_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        Notice.status.not_in([NoticeStatus.CANCELLED, NoticeStatus.SKIPPED]),
    )
    .order_by(Notice.id)
)


def _shown(
    row: Obligation,
    alliance: Alliance | None,
    office: Office,
    today: date,
    closures: Closures,
    *,
    away: bool,
    **more: Any,
) -> Shown:
    basis, modality = Basis(row.basis), Modality(row.modality)
    standing = Status(row.settled) if row.settled else status_while_unsettled(row.due_on, basis, today, modality)
    agreed = row.snooze_agreed_by is not None
    until = silent_until(row.snoozed_until, row.due_on, basis, modality, agreed=agreed)
    return Shown(
        id=row.id,
        alliance_id=row.alliance_id,
        alliance=PROGRAM if alliance is None else alliance.name,
        office=office.name,
        rule=row.rule,
        subject=row.subject,
        period=row.period,
        detail=row.detail,
        due_on=row.due_on,
        working_day=on_or_before(row.due_on, closures),
        status=standing,
        basis=basis,
        modality=modality,
        clauses=tuple(row.clauses),
        owner=row.owner,
        meetings=meeting_year(row, today, closures),
        on=today,
        settled_on=row.settled_on,
        settled_by=row.settled_by,
        reason=row.reason,
        snoozed_until=until,
        snoozed_by=row.snoozed_by,
        snooze_reason=row.snooze_reason,
        snooze_agreed_by=row.snooze_agreed_by,
        reminded_on=None if until is None else reminded_on(until, row.due_on, closures),
        passed_to=office.name if away else None,
        office_code=office.code,
        **more,
    )


def meeting_year(row: Obligation, today: date, closures: Closures) -> MeetingYear | None:
    """Return how the meetings of an obligation's year stand on a day; None for one of another rule."""
    if row.required is None or row.period is None:
        return None
    first, last = map(date.fromisoformat, row.period.split("/"))
    return MeetingYear(first, last, row.required, row.held or 0, tuple(row.planned or ()), today, closures)
