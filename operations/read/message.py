"""What a message says: its duties as they stand now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Message, MessageKind, Notice, NoticeStatus, Obligation
from models.offices import Office, Person
from models.requests import Request
from operations.actor import office_day
from operations.closures import read_closures
from operations.gather_program import PROGRAM
from operations.read.answers import NOTHING, Answers, read_answers
from operations.read.officials import Named, find_escalations
from operations.read.requests import Requested, show_request
from operations.read.undeliverable import Undeliverable, read_undeliverable
from operations.refusals import Refused
from policy.calendar import Closures, on_or_before
from policy.duties import Basis, Modality, Status
from policy.meeting_year import MeetingYear
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
    #: What tells it from others of its rule.
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


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message for one office or person and day."""

    id: uuid.UUID
    office: str
    day: date
    duties: tuple[Shown, ...]
    #: "reminder", "reply" in the thread of a reminder, "direct" message to a person, "undeliverable" or "request".
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


def show_message(session: Session, message_id: uuid.UUID, *, now: datetime) -> ShownMessage:
    """Show a message with its duties as they stand, in order of due date.

    Raises:
        Refused: There is no such message.
    """
    found = session.execute(
        select(Message, Office).join(Office, Office.id == Message.office_id).where(Message.id == message_id)
    ).one_or_none()
    if found is None:
        raise Refused("This message is no longer on record; /alliance due shows what is owed.")
    message, office = found
    today = office_day(now, office.timezone)
    said = {
        notice.obligation_id: notice
        for notice in session.scalars(
            select(Notice).where(
                Notice.message_id == message_id,
                Notice.status.not_in([NoticeStatus.CANCELLED, NoticeStatus.SKIPPED]),
            )
        )
    }
    rows = session.execute(_query().where(Obligation.id.in_(said))).all()
    closures = read_closures(session)
    answers = read_answers(session, said, now=now)
    escalated = find_escalations(session, [(row, said[row.id]) for row, _, _ in rows], today)
    duties = []
    for obligation, alliance, owner_office in rows:
        notice = said[obligation.id]
        away = notice.audience == Audience.OWNER and owner_office.id != office.id
        shown = _shown(obligation, alliance, owner_office, today, closures, away=away)
        owners, told = escalated.get(notice.id, ((), ()))
        audience = Audience(notice.audience)
        duties.append(
            replace(
                shown,
                stage=notice.stage,
                audience=audience,
                owners=owners,
                told=told,
                answers=answers.get(obligation.id, NOTHING),
            )
        )
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
    )


def show_obligation(session: Session, obligation_id: uuid.UUID, *, now: datetime) -> Shown | None:
    """Show one obligation; None when there is none of that id."""
    row = session.execute(_query().where(Obligation.id == obligation_id)).one_or_none()
    if row is None:
        return None
    obligation, alliance, office = row
    today, closures = office_day(now, office.timezone), read_closures(session)
    shown = _shown(obligation, alliance, office, today, closures, away=obligation.passed_on)
    return replace(shown, answers=read_answers(session, [obligation_id], now=now).get(obligation_id, NOTHING))


def _query() -> Select[Obligation, Alliance | None, Office]:
    return (
        select(Obligation, Alliance, Office)
        .outerjoin(Alliance, Alliance.id == Obligation.alliance_id)
        .join(Office, Office.id == Obligation.office_id)
        .order_by(Obligation.due_on, Alliance.name, Obligation.rule)
    )


def _shown(
    row: Obligation, alliance: Alliance | None, office: Office, today: date, closures: Closures, *, away: bool
) -> Shown:
    basis, modality = Basis(row.basis), Modality(row.modality)
    standing = Status(row.settled) if row.settled else status_while_unsettled(row.due_on, basis, today, modality)
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
        meetings=_meetings(row, today, closures),
        on=today,
        settled_on=row.settled_on,
        settled_by=row.settled_by,
        reason=row.reason,
        snoozed_until=row.snoozed_until,
        snoozed_by=row.snoozed_by,
        snooze_reason=row.snooze_reason,
        snooze_agreed_by=row.snooze_agreed_by,
        passed_to=office.name if away else None,
        office_code=office.code,
    )


def _meetings(row: Obligation, today: date, closures: Closures) -> MeetingYear | None:
    if row.required is None or row.period is None:
        return None
    first, last = map(date.fromisoformat, row.period.split("/"))
    return MeetingYear(first, last, row.required, row.held or 0, tuple(row.planned or ()), today, closures)
