"""Whose Home tab may have to change: found from the audit, for those who have opened theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, cast, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from models.alliances import AllianceOffice
from models.audit import UNTOLD, AuditEntry
from models.duties import Obligation
from models.homes import Home
from models.offices import Office, Person, Position
from operations.actor import office_line
from operations.approve.seat_holders import barred_of, find_all
from operations.approve.standing import waiting_approvals
from operations.read.requests import asked_of
from policy.rights import DCSP_OFFICES

#: Calendar days for which a Home tab that nobody opens is kept up to date: whoever opens it later gets it anew.
KEPT_DAYS = 30


def last_change(session: Session) -> int:
    """Return the number of the latest entry of the audit; 0 where there is none."""
    return session.scalar(select(func.max(AuditEntry.seq))) or 0


def oldest_home(session: Session, *, now: datetime) -> int | None:
    """Return the entry of the audit up to which every Home tab that is kept is right; None where nobody has one."""
    return session.scalar(select(func.min(Home.seq)).where(_kept(now)))


def behind(session: Session, wanted: dict[str, int]) -> set[str]:
    """Return those of these people whose Home tab is not known to be right up to the entry that is wanted of it."""
    rows = session.execute(select(Home.slack_id, Home.seq).where(Home.slack_id.in_(wanted)))
    return {slack_id for slack_id, seq in rows if seq < wanted[slack_id]}


def concerned(session: Session, after: int, until: int, *, now: datetime) -> set[str]:
    """Return the Slack ids of those whose Home tab may tell of what the audit noted after one entry, until another.

    Rather too many than too few: what did not change is not published again.
    """
    told = not_(or_(*(AuditEntry.action.startswith(begin, autoescape=True) for begin in UNTOLD)))
    subjects = session.scalars(
        select(AuditEntry.subject).where(AuditEntry.seq > after, AuditEntry.seq <= until, told).distinct()
    ).all()
    if not subjects:
        return set()
    opened = select(Home.slack_id).where(_kept(now))
    alliances, others = _alliances(session, subjects)
    if others:
        # Offices, positions, closures, imports, the program: seldom, and anybody's.
        return set(session.scalars(opened))
    shows = Home.shows.overlap(cast(sorted(alliances), ARRAY(BigInteger)))
    who = or_(shows, Home.slack_id.in_(_holders(session, alliances) | _asked(session, alliances, now=now)))
    return set(session.scalars(opened.where(who)))


def _kept(now: datetime) -> ColumnElement[bool]:
    return Home.opened_at >= now - timedelta(days=KEPT_DAYS)


def _alliances(session: Session, subjects: Iterable[str]) -> tuple[set[int], bool]:
    """Return the ids of the alliances among what was changed, and whether anything else is among it."""
    found, duties, others = set[int](), set[uuid.UUID](), False
    for subject in subjects:
        kind, _, id = subject.partition(":")
        if kind == "alliance" and id.isdecimal():
            found.add(int(id))
        elif kind == "obligation":
            duties.add(uuid.UUID(id))
        else:
            others = True
    of_duties = (
        set(session.scalars(select(Obligation.alliance_id).where(Obligation.id.in_(duties)))) if duties else set()
    )
    return found | {id for id in of_duties if id is not None}, others or None in of_duties


def _holders(session: Session, alliances: set[int]) -> set[str]:
    """Return who works for an office of these alliances or above it, for one that holds a duty, or has one assigned."""
    own = select(AllianceOffice.office_id).where(AllianceOffice.alliance_id.in_(alliances))
    held = Obligation.alliance_id.in_(alliances), Obligation.settled.is_(None)
    offices = {*session.scalars(own), *session.scalars(select(Obligation.office_id).where(*held).distinct())}
    lines = [office_line(session, id) for id in offices]
    # The National Office counts for what it leads itself, and its units with it.
    codes = {code for line in lines for code in (line if len(line) == 1 else line[:-1])}
    codes |= DCSP_OFFICES if any(len(line) == 1 for line in lines) else set()
    assigned = select(Obligation.assigned_to_id).where(*held, Obligation.assigned_to_id.is_not(None))
    work_there = select(Position.person_id).join(Office, Office.id == Position.office_id).where(Office.code.in_(codes))
    return set(session.scalars(select(Person.slack_id).where(or_(Person.id.in_(work_there), Person.id.in_(assigned)))))


def _asked(session: Session, alliances: set[int], *, now: datetime) -> set[str]:
    """Return who can decide what is asked for these alliances, now."""
    found = {id for row, people in asked_of(session, now=now) if row.alliance_id in alliances for id in people}
    for approval, standing in waiting_approvals(session):
        if approval.alliance_id in alliances:
            held = find_all(session, standing.seats, barred_of(session, approval, now=now), now=now)
            found |= {decider.person.slack_id for holders in held.values() for decider in holders.deciders}
    return found
