"""Read the meetings of an alliance with attendance and minutes, those that were called off included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models.work import Meeting


@dataclass(frozen=True, slots=True)
class MeetingShown:
    """A meeting as it stands on record."""

    id: int
    on: date
    #: On the clock of the lead office; None where nobody has said it.
    begins_at: time | None
    held: bool
    format: str
    #: (name, organization) of the members of the team who were there, as named that day.
    present: tuple[tuple[str, str], ...]
    attendees: str | None
    minutes: str | None
    #: Why a planned meeting was moved or cancelled; None for one that was not.
    called_off_because: str | None
    moved_to: date | None


def read_meetings(session: Session, alliance_id: int, *, limit: int = 10) -> tuple[MeetingShown, ...]:
    """Read the meetings of an alliance, the latest first; records that were undone are left out."""
    later = aliased(Meeting)
    rows = session.execute(
        select(Meeting, later.on_day)
        .outerjoin(later, later.id == Meeting.moved_to_id)
        .where(
            Meeting.alliance_id == alliance_id,
            or_(Meeting.withdrawn_at.is_(None), Meeting.called_off_because.is_not(None)),
        )
        .order_by(Meeting.on_day.desc(), Meeting.id.desc())
        .limit(limit)
    )
    return tuple(
        MeetingShown(
            row.id,
            row.on_day,
            row.begins_at,
            row.held,
            row.format,
            tuple((one["name"], one["organization"]) for one in row.present),
            row.attendees,
            row.notes,
            row.called_off_because,
            moved_to,
        )
        for row, moved_to in rows
    )
