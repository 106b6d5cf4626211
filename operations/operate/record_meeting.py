"""Record an Implementation Team meeting, held or planned (CSP 04-01-002 VI.H)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.work import Meeting
from operations.actor import Actor
from operations.records.open_alliance import (
    open_alliance,
    refuse_impossible_day,
    refuse_outside_alliance,
)
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: A planned meeting lies no further ahead, in calendar days: 2 years, one of them a leap year.
FURTHEST = timedelta(days=731)


def record_meeting(
    session: Session,
    *,
    alliance_id: int,
    on: date,
    held: bool,
    format: str,
    attendees: str | None = None,
    notes: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a meeting on a local day of the lead office; a planned one becomes held when it is recorded so.

    Raises:
        Refused: The day is impossible for this alliance.
        AlreadyDone: A meeting of that day is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    if held:
        refuse_impossible_day(opened, on, field="on", what="a meeting held")
    else:
        refuse_outside_alliance(opened, on, field="on", what="the meeting")
        if on < opened.today:
            raise Refused(f"{spelled(on)} has passed: record the meeting as held, or plan a later day.", field="on")
        if on - opened.today > FURTHEST:
            raise Refused(
                f"{spelled(on)} lies more than 2 years ahead: check the year, or plan the meeting later.", field="on"
            )
    existing = session.scalar(
        select(Meeting).where(Meeting.alliance_id == alliance_id, Meeting.on_day == on, Meeting.withdrawn_at.is_(None))
    )
    if existing is not None and (existing.held or not held):
        state = "held" if existing.held else "planned"
        raise AlreadyDone(
            f"A meeting on {spelled(on)} is already on record as {state}; a second record would count it twice.",
            field="on",
        )
    if existing is None:
        existing = Meeting(alliance_id=alliance_id, on_day=on, format=format)
        session.add(existing)
    existing.held, existing.format = held, format
    existing.attendees, existing.notes = attendees, notes
    existing.recorded_by_id, existing.recorded_at = by.person_id, now
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="meeting:recorded" if held else "meeting:planned",
        subject=opened.subject,
        data={"meeting": existing.id, "on": on, "format": format, "attendees": attendees, "notes": notes},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"meeting:{existing.id}")
