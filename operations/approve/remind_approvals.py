"""Bring to mind what waits for an approval: in the run of the office where it waits, with growing gaps."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.approvals import Approval
from models.duties import Message, MessageKind
from models.offices import Office
from operations.actor import office_day
from operations.approve.cards import ask_seats, lead_office, tell_deciders, tell_requester
from operations.approve.seat_holders import barred_of, find_all, is_stuck, official_above
from operations.approve.standing import decisions_of, waiting_approvals
from operations.closures import read_closures
from operations.office_settings import settings_of_one
from policy.approval import ApprovalStatus, Seat, Verdict, Waiting, read_chain
from policy.approval_gaps import climbs, reminders_due
from policy.chains import Purpose


def remind_approvals(session: Session, *, office_id: int, day: date, now: datetime) -> list[uuid.UUID]:
    """Post the cards again that have waited long enough at an office on a local day; return the messages' ids.

    How often each was brought to mind stands in the messages, so that asking again changes nothing, and after a
    standstill only the latest is sent. After the third the official above is told, too. What somebody outside decides
    on paper is brought to mind to who asked, in the run of the lead office.
    """
    office = session.get_one(Office, office_id)
    made: list[uuid.UUID] = []
    for approval, standing in waiting_approvals(session):
        waits = _waits_at(session, approval, standing, office, now=now)
        if waits is None:
            continue
        number = reminders_due(waits.since, day, waits.gaps, read_closures(session))
        if number > _reminded(session, approval.id, standing.step.id, office_id):
            occasion = f"reminded:{standing.step.id}:{number}"
            made += ask_seats(session, approval, waits.here, occasion=occasion, now=now)
            if waits.by_asker:
                made += tell_requester(session, approval, occasion=occasion, now=now)
            if climbs(number):
                made += _climb(session, approval, office, waits.here, f"climbed:{standing.step.id}:{number}", now=now)
    return made


@dataclass(frozen=True, slots=True)
class _Waits:
    """How an approval waits at one office."""

    #: The seats whose holders are told in its run, and whether who asked is.
    here: tuple[Seat, ...]
    by_asker: bool
    #: The local day since which it is their turn, and the gaps between reminders.
    since: date
    gaps: tuple[int, ...]


def _waits_at(
    session: Session, approval: Approval, standing: Waiting, office: Office, *, now: datetime
) -> _Waits | None:
    """Say how an approval waits at an office; None where nobody is told in its run."""
    lead = lead_office(session, approval.alliance_id)
    if office.code not in {lead.code, *(seat.office for seat in standing.seats)}:
        return None
    held = find_all(session, standing.seats, barred_of(session, approval, now=now), now=now)
    here = [seat for seat, holders in held.items() if holders.deciders and holders.office is office]
    decided = decisions_of(session, approval.id)
    approved = sum(row.step == standing.step.id and row.verdict == Verdict.APPROVE for row in decided)
    by_asker = lead is office and is_stuck(held, standing.step.needs - approved)
    if not here and not by_asker:
        return None
    before = [row.decided_at for row in decided if row.step != standing.step.id]
    since = office_day(max([approval.asked_at, *before]), office.timezone)
    return _Waits(tuple(here), by_asker, since, tuple(settings_of_one(session, office).approval_gaps))


@dataclass(frozen=True, slots=True)
class ReminderAhead:
    """A day on which an approval is brought to mind from an office, if nobody decides until then."""

    office: str
    office_name: str
    on: date
    alliance: str
    purpose: Purpose
    #: Positions or outsiders for whom it waits, in words.
    waits_for: tuple[str, ...]
    #: Whether the official above is told, too.
    climbs: bool


def approval_reminders_ahead(
    session: Session, *, now: datetime, days: int, offices: Collection[str] | None = None
) -> tuple[ReminderAhead, ...]:
    """List what is brought to mind within `days` local calendar days; `offices` are codes, None means all."""
    found, closures = [], read_closures(session)
    for approval, standing in waiting_approvals(session):
        alliance = session.get_one(Alliance, approval.alliance_id).name
        codes = {lead_office(session, approval.alliance_id).code, *(seat.office for seat in standing.seats)}
        rows = session.scalars(select(Office).where(Office.code.in_(codes)).order_by(Office.code)).all()
        for office in rows:
            wanted = offices is None or office.code in offices
            waits = _waits_at(session, approval, standing, office, now=now) if wanted else None
            if waits is None:
                continue
            names = {row.code: row.name for row in rows}
            said, today = _reminded(session, approval.id, standing.step.id, office.id), office_day(now, office.timezone)
            for ahead in range(days + 1):
                on = today + timedelta(days=ahead)
                number = reminders_due(waits.since, on, waits.gaps, closures)
                if number > said:
                    who = tuple(seat.named(names) for seat in (waits.here or standing.seats))
                    purpose = Purpose(approval.purpose)
                    found.append(ReminderAhead(office.code, office.name, on, alliance, purpose, who, climbs(number)))
                    said = number
    return tuple(sorted(found, key=lambda one: (one.on, one.office, one.alliance, one.purpose)))


def _climb(
    session: Session, approval: Approval, office: Office, seats: Sequence[Seat], occasion: str, *, now: datetime
) -> list[uuid.UUID]:
    """Tell the official above each of some seats that it has been waiting for long."""
    barred = barred_of(session, approval, now=now)
    made: list[uuid.UUID] = []
    for seat in seats:
        above = official_above(session, seat, barred, now=now)
        if above:
            made += tell_deciders(session, approval, office, above, occasion=occasion, now=now)
    return made


def _reminded(session: Session, approval_id: uuid.UUID, step: str, office_id: int) -> int:
    """Return how often a step was brought to mind from an office: the number of its latest reminder."""
    prefix = f"reminded:{step}:"
    last = func.max(cast(func.substr(Message.occasion, len(prefix) + 1), Integer))
    return (
        session.scalar(
            select(last).where(
                Message.approval_id == approval_id,
                Message.kind.in_([MessageKind.APPROVAL.value, MessageKind.APPROVAL_NEWS.value]),
                Message.office_id == office_id,
                Message.occasion.startswith(prefix, autoescape=True),
            )
        )
        or 0
    )


def offices_with_approvals(session: Session) -> frozenset[int]:
    """Return the ids of the offices at which an approval may wait: those of its seats, and the one that leads."""
    codes, leads = set[str](), set[int]()
    for approval in session.scalars(select(Approval).where(Approval.status == ApprovalStatus.OPEN.value)):
        codes |= {seat.office for step in read_chain(approval.chain).steps for seat in step.seats}
        leads.add(lead_office(session, approval.alliance_id).id)
    return frozenset({*leads, *session.scalars(select(Office.id).where(Office.code.in_(codes)))})
