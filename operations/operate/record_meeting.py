"""Record an Implementation Team meeting, held or planned (CSP 04-01-002 VI.H)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import TeamMember
from models.work import Meeting
from operations.actor import Actor
from operations.records.open_alliance import (
    Opened,
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


#: What the undoing of a meeting is called that was planned for another day, see `operations.operate.call_off_meeting`.
HELD_INSTEAD = "held-instead"


def record_meeting(
    session: Session,
    *,
    alliance_id: int,
    on: date,
    begins_at: time | None = None,
    held: bool,
    format: str,
    present: Sequence[int] = (),
    attendees: str | None = None,
    notes: str | None = None,
    planned_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a meeting on a local day of the lead office; a planned one becomes held when it is recorded so.

    `begins_at` is on that office's clock; None leaves what was said of a planned one. `present` are the members of the
    team who were there, `attendees` who else was; `notes` are the minutes. `planned_id` is the planned meeting that a
    meeting held was, where it was planned for another day.

    Raises:
        Refused: The day is impossible for this alliance, or somebody was not on its team that day.
        AlreadyDone: A meeting of that day is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    if held:
        refuse_impossible_day(opened, on, field="on", what="a meeting held")
    else:
        refuse_impossible_plan(opened, on, field="on")
    existing = meeting_on(session, alliance_id, on)
    if existing is not None and (existing.held or not held):
        raise twice(existing, field="on")
    planned = _planned_as(session, alliance_id, planned_id, on) if held else None
    there = _named(session, alliance_id, on, present) if held else []
    if existing is None:
        existing = Meeting(alliance_id=alliance_id, on_day=on, format=format)
        session.add(existing)
    existing.held, existing.format = held, format
    existing.begins_at = begins_at or existing.begins_at
    existing.present = there
    existing.attendees, existing.notes = attendees, notes
    existing.recorded_by_id, existing.recorded_at = by.person_id, now
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="meeting:recorded" if held else "meeting:planned",
        subject=opened.subject,
        data={
            "meeting": existing.id,
            "on": on,
            "begins_at": existing.begins_at,
            "format": format,
            "present": existing.present,
            "attendees": attendees,
            "notes": notes,
        },
    )
    if planned is None:
        return recheck(session, alliance_id, by=by, now=now, record=f"meeting:{existing.id}")
    planned.withdrawn_at, planned.moved_to_id = now, existing.id
    planned.called_off_because = f"It was held on {spelled(on)}."
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="meeting:withdrawn",
        subject=opened.subject,
        data={"meeting": planned.id, "on": planned.on_day, "because": planned.called_off_because, "moved_to": on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{HELD_INSTEAD}:{planned.id}")


def _planned_as(session: Session, alliance_id: int, planned_id: int | None, on: date) -> Meeting | None:
    """Return the planned meeting that another day's was; None where there is none, or it was planned for that day."""
    if planned_id is None:
        return None
    planned = session.get(Meeting, planned_id, populate_existing=True)
    if planned is None or planned.alliance_id != alliance_id or planned.held or planned.withdrawn_at is not None:
        raise Refused("This meeting is no longer planned; open the form again.", field="was")
    return None if planned.on_day == on else planned


def meeting_on(session: Session, alliance_id: int, on: date) -> Meeting | None:
    """Return the meeting of a day that counts."""
    return session.scalar(
        select(Meeting).where(Meeting.alliance_id == alliance_id, Meeting.on_day == on, Meeting.withdrawn_at.is_(None))
    )


def twice(existing: Meeting, *, field: str) -> AlreadyDone:
    """Say that a meeting of that day is on record."""
    state = "held" if existing.held else "planned"
    return AlreadyDone(
        f"A meeting on {spelled(existing.on_day)} is already on record as {state}; a second record would count it "
        "twice.",
        field=field,
    )


def refuse_impossible_plan(opened: Opened, on: date, *, field: str) -> None:
    """Refuse a day on which no meeting can be planned any more, or that lies too far ahead.

    Raises:
        Refused: The sentence names the day.
    """
    refuse_outside_alliance(opened, on, field=field, what="the meeting")
    if on < opened.today:
        raise Refused(f"{spelled(on)} has passed: record the meeting as held, or plan a later day.", field=field)
    if on - opened.today > FURTHEST:
        raise Refused(
            f"{spelled(on)} lies more than 2 years ahead: check the year, or plan the meeting later.", field=field
        )


def _named(session: Session, alliance_id: int, on: date, present: Sequence[int]) -> list[Any]:
    """Return the members as they were named on that day, so that a later change does not rewrite the minutes."""
    rows = session.scalars(
        select(TeamMember)
        .where(
            TeamMember.alliance_id == alliance_id,
            TeamMember.id.in_(present),
            TeamMember.withdrawn_at.is_(None),
            TeamMember.since <= on,
            or_(TeamMember.until.is_(None), TeamMember.until >= on),
        )
        .order_by(TeamMember.organization, TeamMember.name, TeamMember.id)
    ).all()
    if len(rows) < len(set(present)):
        missing = session.scalars(
            select(TeamMember.name).where(
                TeamMember.id.in_(set(present) - {row.id for row in rows}), TeamMember.alliance_id == alliance_id
            )
        )
        who = ", ".join(missing) or "Somebody"
        raise Refused(
            f"{who} was not on the team on {spelled(on)}: name them among the others, or correct the team with "
            "/alliance team.",
            field="present",
        )
    return [{"member": row.id, "name": row.name, "organization": row.organization} for row in rows]
