"""Record that a planned meeting was moved to another day, or cancelled."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from models import audit
from models.work import Meeting
from operations.actor import Actor
from operations.operate.record_meeting import HELD_INSTEAD, meeting_on, refuse_impossible_plan, twice
from operations.records.open_alliance import Opened, open_alliance
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: What the undoing of it is called.
RECORD = "called-off"
RECORDS = (RECORD, HELD_INSTEAD)


def move_meeting(
    session: Session,
    *,
    alliance_id: int,
    meeting_id: int,
    to: date,
    begins_at: time | None = None,
    because: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record that a planned meeting takes place on another local day; both days stay readable.

    It begins at the same time of day as before, unless another is given.

    Raises:
        Refused: The new day is impossible for this alliance.
        AlreadyDone: The meeting was held or called off, or another one is on record for that day.
    """
    opened, meeting = _open(session, alliance_id, meeting_id, by=by, now=now)
    refuse_impossible_plan(opened, to, field="moved_to")
    other = meeting_on(session, alliance_id, to)
    if other is not None:
        raise twice(other, field="moved_to")
    later = Meeting(
        alliance_id=alliance_id,
        on_day=to,
        begins_at=begins_at or meeting.begins_at,
        held=False,
        format=meeting.format,
        present=[],
        attendees=meeting.attendees,
        notes=meeting.notes,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(later)
    meeting.withdrawn_at, meeting.called_off_because = now, because
    session.flush()
    meeting.moved_to_id = later.id
    # Told as the two records that it comes to, as every other reader of the audit knows them.
    _note(session, opened, meeting, "meeting:withdrawn", {"because": because, "moved_to": to}, by=by, now=now)
    _note(
        session,
        opened,
        later,
        "meeting:planned",
        {"format": later.format, "moved_from": meeting.on_day},
        by=by,
        now=now,
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{meeting.id}")


def cancel_meeting(
    session: Session, *, alliance_id: int, meeting_id: int, because: str, by: Actor, now: datetime
) -> Outcome:
    """Record that a planned meeting does not take place.

    Raises:
        Refused: The meeting is gone.
        AlreadyDone: It was held or called off.
    """
    opened, meeting = _open(session, alliance_id, meeting_id, by=by, now=now)
    meeting.withdrawn_at, meeting.called_off_because = now, because
    session.flush()
    _note(session, opened, meeting, "meeting:withdrawn", {"because": because}, by=by, now=now)
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{meeting.id}")


def undo_call_off(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back that a meeting was called off ("called-off:12"), or held on another day ("held-instead:12").

    Returns what is so again.

    Raises:
        Refused: There is no such record, or what it was moved to was held or changed since.
        AlreadyDone: It was taken back before, or another meeting is on record for that day.
    """
    kind, number = record_number(record)
    meeting = session.get(Meeting, number)
    if meeting is None:
        raise Refused("This meeting is no longer on record.")
    alliance_id = meeting.alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    session.refresh(meeting)
    if meeting.called_off_because is None:
        raise AlreadyDone(f"The meeting of {spelled(meeting.on_day)} is planned as before; nothing changed.")
    other = meeting_on(session, alliance_id, meeting.on_day)
    if other is not None:
        raise twice(other, field="on")
    if meeting.moved_to_id is not None:
        _take_back(session, opened, meeting.moved_to_id, held=kind == HELD_INSTEAD, by=by, now=now)
    meeting.withdrawn_at = meeting.called_off_because = meeting.moved_to_id = None
    session.flush()
    _note(session, opened, meeting, "meeting:planned", {"format": meeting.format}, by=by, now=now)
    outcome = recheck(session, alliance_id, by=by, now=now, record=record)
    return outcome, f"the meeting of {spelled(meeting.on_day)} is planned as before"


def _take_back(session: Session, opened: Opened, later_id: int, *, held: bool, by: Actor, now: datetime) -> None:
    later = session.get_one(Meeting, later_id)
    if later.held is not held or later.called_off_because is not None:
        raise Refused(f"The meeting of {spelled(later.on_day)} was held or called off since; undo that first.")
    if later.withdrawn_at is None:
        later.withdrawn_at = now
        _note(session, opened, later, "meeting:withdrawn", {}, by=by, now=now)


def _open(session: Session, alliance_id: int, meeting_id: int, *, by: Actor, now: datetime) -> tuple[Opened, Meeting]:
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    meeting = session.get(Meeting, meeting_id, populate_existing=True)
    if meeting is None or meeting.alliance_id != alliance_id:
        raise Refused("This meeting is no longer on record; open the form again.", field="meeting")
    if meeting.held:
        raise AlreadyDone(f"The meeting of {spelled(meeting.on_day)} was held.", field="meeting")
    if meeting.withdrawn_at is not None:
        raise AlreadyDone(f"The meeting of {spelled(meeting.on_day)} was called off before.", field="meeting")
    return opened, meeting


def _note(
    session: Session,
    opened: Opened,
    meeting: Meeting,
    action: str,
    more: dict[str, object],
    *,
    by: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=action,
        subject=opened.subject,
        data={"meeting": meeting.id, "on": meeting.on_day, **more},
    )
