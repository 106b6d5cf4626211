"""The meetings of alliances as entries of a calendar: one that was moved stays the same entry."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.audit import AuditEntry
from models.offices import Office
from models.work import Meeting
from operations.actor import office_day
from policy.calendar_feed import Entry, Kind
from policy.words import capital
from policy.words import day as spelled

#: Meetings further back, in calendar days, are history: the card of the alliance has them.
LOOK_BACK = timedelta(days=366)
#: What the audit calls what happens to a meeting.
_ACTIONS = ("meeting:planned", "meeting:recorded", "meeting:withdrawn")


class _Met(NamedTuple):
    """A record of a meeting, held, planned or called off."""

    id: int
    on_day: date
    held: bool
    format: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    called_off_because: str | None
    moved_to_id: int | None
    begins_at: time | None
    alliance: str
    #: The time zone of the lead office.
    timezone: str

    @property
    def begins(self) -> date | datetime:
        """When it begins: a day, or a moment where the time of day is known."""
        if self.begins_at is None:
            return self.on_day
        return datetime.combine(self.on_day, self.begins_at, ZoneInfo(self.timezone))


def meeting_entries(session: Session, ids: Sequence[int], here: uuid.UUID, *, now: datetime) -> list[Entry]:
    """Return the meetings of some alliances from a year ago on, those that were cancelled included.

    One that was moved is the entry of the meeting that was first planned, on its new day.
    """
    rows = session.execute(
        select(
            *(Meeting.id, Meeting.on_day, Meeting.held, Meeting.format, Meeting.recorded_at, Meeting.withdrawn_at),
            *(Meeting.called_off_because, Meeting.moved_to_id, Meeting.begins_at, Alliance.name, Office.timezone),
        )
        .join(Alliance, Alliance.id == Meeting.alliance_id)
        .join(AllianceOffice, (AllianceOffice.alliance_id == Alliance.id) & (AllianceOffice.rank == 0))
        .join(Office, Office.id == AllianceOffice.office_id)
        .where(Meeting.alliance_id.in_(ids))
        .order_by(Meeting.id.desc())
    )
    by_id = {row.id: row for row in (_Met(*row) for row in rows)}
    # Of two that became one on the same day the first that was planned stays: the later ones come first here.
    moved_from = {row.moved_to_id: row for row in by_id.values() if row.moved_to_id is not None}
    stands = [row for row in by_id.values() if row.on_day >= office_day(now, row.timezone) - LOOK_BACK and _stands(row)]
    lives = {row.id: list(_life(row, moved_from)) for row in stands}
    noted = _noted(session, [one.id for life in lives.values() for one in life])
    return [_entry(row, lives[row.id], noted, here) for row in stands]


def _stands(row: _Met) -> bool:
    """Whether it is a meeting, or was cancelled; not what was a mistake, nor what takes place on another day."""
    return row.withdrawn_at is None or (row.called_off_because is not None and row.moved_to_id is None)


def _life(row: _Met | None, moved_from: dict[int, _Met]) -> Iterator[_Met]:
    """Yield a meeting and what it was before it was moved, the first plan last."""
    seen: set[int] = set()
    while row is not None and row.id not in seen:
        seen.add(row.id)
        yield row
        row = moved_from.get(row.id)


def _noted(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """Return when anything was last noted of each meeting: also that its calling off was taken back."""
    meeting = AuditEntry.data["meeting"].astext
    rows = session.execute(
        select(cast(meeting, BigInteger), func.max(AuditEntry.at))
        .where(AuditEntry.action.in_(_ACTIONS), meeting.in_(list(map(str, ids))))
        .group_by(meeting)
    )
    return {row[0]: row[1] for row in rows}


def _entry(row: _Met, life: list[_Met], noted: dict[int, datetime], here: uuid.UUID) -> Entry:
    cancelled = row.called_off_because is not None
    lines = [f"{capital(row.format)}. {'Held' if row.held else 'Planned'}."]
    if cancelled:
        lines = [f"Cancelled: {row.called_off_because}"]
    lines += [f"Was planned for {spelled(one.on_day)}: {one.called_off_because}" for one in life[1:]]
    changes = [at for one in life for at in (one.recorded_at, one.withdrawn_at, noted.get(one.id)) if at is not None]
    return Entry(
        uid=f"meeting-{life[-1].id}@{here}",
        kind=Kind.MEETING,
        title=f"{'Cancelled: ' if cancelled else ''}{row.alliance}: Implementation Team meeting",
        lines=tuple(lines),
        begins=row.begins,
        changed_at=max(changes),
        cancelled=cancelled,
    )
