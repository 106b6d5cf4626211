"""Merge a participant of an alliance into another: what is open follows, what was signed stays as it was."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Signatory, TeamMember, TerminationNotice
from models.approvals import Approval
from models.audit import AuditEntry
from models.gates import GateRecord
from models.names import FormerName
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.hands.rename import ABOUT_PARTICIPANTS, carry_team, follow_name, keep_name
from operations.records.open_alliance import Opened, lock_alliances, open_alliance
from operations.records.read_cells import name_key
from operations.refusals import AlreadyDone, Refused
from operations.remind.lock_messages import lock_messages
from policy.approval import ApprovalStatus
from policy.chains import Purpose
from policy.gate_records import RecordKind
from policy.rights import Verb
from policy.subjects import DRAFT

#: What a merger that can be taken back is called: "participant-merger:" and the id of the change.
RECORD = "participant-merger"
MERGED, MERGED_BACK = "participant:merged", "participant:merged-back"
#: Who comes or goes with the next agreement is no question of the one that stays.
_COMES_OR_GOES = (RecordKind.JOINING.value, RecordKind.LEAVING.value)


@dataclass(frozen=True, slots=True)
class ParticipantMerger:
    """What a merger of two participants did, or its undoing."""

    gone: str
    into: str
    #: How many went over: notices, members of the team, records of the agreement in preparation, approvals.
    notices: int
    members: int
    records: int
    approvals: int
    #: What takes it back; None for what took one back.
    record: str | None


def merge_participants(
    session: Session, *, alliance_id: int, signatory_id: int, into_id: int, by: Actor, now: datetime
) -> ParticipantMerger:
    """Merge a participant into another that takes part, too, and goes on for both; its name finds the other.

    Notices, the team's members and what is on record or before officials for the agreement in preparation go over; of
    what both have the other one's is kept. Signed agreements and their signatures stay as they were.

    Raises:
        Refused: The two are one, one takes no part, or each has given a notice that runs.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    old, new = _participant(session, opened, signatory_id, "which"), _participant(session, opened, into_id, "into")
    if old.id == new.id:
        raise Refused("A participant cannot be merged into itself; choose another one.", field="into")
    notices = session.scalars(
        select(TerminationNotice).where(TerminationNotice.signatory_id.in_([old.id, new.id]))
    ).all()
    if len([row for row in notices if row.withdrawn_on is None and row.ended_on is None]) > 1:
        raise Refused(f"{old.name} and {new.name} have each given a notice that runs; settle one first.", field="into")
    lock_messages(session, [alliance_id])
    gone, before = old.name, new.joined_on
    told: dict[str, Any] = {
        "record": {column.key: getattr(old, column.key) for column in Signatory.__mapper__.columns},
        "into": new.id,
        "name": new.name,
        "notices": [row.id for row in notices if row.signatory_id == old.id],
        "names": list(session.scalars(select(FormerName.id).where(FormerName.signatory_id == old.id))),
        "members": carry_team(session, alliance_id, gone, new.name),
    }
    told |= _carry_records(session, alliance_id, gone, new.name, now=now)
    told |= _carry_approvals(session, opened, gone, new.name, by=by, now=now)
    _give(session, told, new)
    new.joined_on = None if None in {old.joined_on, before} else min(old.joined_on or date.max, before or date.max)
    session.delete(old)
    former = keep_name(session, FormerName(signatory_id=new.id, name=gone, until=opened.today), new.name)
    change = str(uuid.uuid4())
    told |= {"former": former, "before": {"joined_on": before}, "after": {"joined_on": new.joined_on}, "change": change}
    session.flush()
    audit.record(session, at=now, actor=by.name, action=MERGED, subject=opened.subject, data=told)
    follow_name(session, opened, by=by, now=now)
    return _done(told, gone, new.name, f"{RECORD}:{change}")


def undo_merger(session: Session, *, record: str, by: Actor, now: datetime) -> ParticipantMerger:
    """Take back the merger that a record names: both take part again, each with what it had.

    What was before officials and ended with the merger stays ended.

    Raises:
        Refused: There is no such merger, or something was done since that rests on it.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It was taken back before.
    """
    change = record.partition(":")[2]
    entry = _entry(session, MERGED, change)
    if entry is None:
        raise Refused("This record cannot be undone here.")
    alliance_id = int(entry.subject.partition(":")[2])
    # Before anything is looked at: of two who undo it one does.
    lock_alliances(session, [alliance_id])
    if _entry(session, MERGED_BACK, change) is not None:
        raise AlreadyDone("This was undone before; nothing changed.")
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    told = entry.data
    gone, new = told["record"]["name"], session.get(Signatory, told["into"], populate_existing=True)
    records = _rows(session, GateRecord, [*told["carried"], *told["withdrawn"]])
    _refuse_changed_since(session, opened, told, new, records)
    if new is None:
        raise LookupError(record)
    lock_messages(session, [alliance_id])
    joined_on = told["record"]["joined_on"]
    old = Signatory(
        alliance_id=alliance_id, name=gone, joined_on=None if joined_on is None else date.fromisoformat(joined_on)
    )
    session.add(old)
    session.flush()
    _give(session, told, old)
    for former in _rows(session, FormerName, [told["former"]]):
        session.delete(former)
    for member in _rows(session, TeamMember, told["members"]):
        member.organization = gone
    for row in records:
        row.about = gone
        if row.id in told["withdrawn"]:
            row.withdrawn_at = None
    for approval in _rows(session, Approval, [uuid.UUID(id) for id in told["approvals"]]):
        approval.about = gone
    before = told["before"]["joined_on"]
    new.joined_on = None if before is None else date.fromisoformat(before)
    session.flush()
    data = {"change": change, "signatory": old.id, "name": gone, "into": new.id}
    audit.record(session, at=now, actor=by.name, action=MERGED_BACK, subject=opened.subject, data=data)
    follow_name(session, opened, by=by, now=now)
    return _done(told, gone, new.name, None)


def _participant(session: Session, opened: Opened, id: int, field: str) -> Signatory:
    row = session.get(Signatory, id, populate_existing=True)
    if row is None or row.alliance_id != opened.row.id or row.left_on is not None:
        raise Refused("This participant is no longer on record; open the form again.", field=field)
    return row


def _carry_records(
    session: Session, alliance_id: int, before: str, after: str, *, now: datetime
) -> dict[str, list[int]]:
    """Let what is on record for the agreement in preparation be about the other one, or go where that has it, too."""
    rows = session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.about.in_([before, after]),
            GateRecord.kind.in_(ABOUT_PARTICIPANTS),
            GateRecord.withdrawn_at.is_(None),
            GateRecord.counted_at.is_(None),
        )
        .order_by(GateRecord.id)
    ).all()
    there = {(row.subject, row.kind) for row in rows if row.about == after}
    carried, withdrawn = list[int](), list[int]()
    for row in rows:
        if row.about == after:
            continue
        if row.kind in _COMES_OR_GOES or (row.subject, row.kind) in there:
            row.withdrawn_at = now
            withdrawn.append(row.id)
        else:
            row.about = after
            carried.append(row.id)
    return {"carried": carried, "withdrawn": withdrawn}


def _carry_approvals(
    session: Session, opened: Opened, before: str, after: str, *, by: Actor, now: datetime
) -> dict[str, list[uuid.UUID]]:
    """Let what officials were asked about it be about the other one; what waits beside the other's own is void."""
    of_draft = select(Approval).where(
        Approval.alliance_id == opened.row.id,
        Approval.purpose == Purpose.SPECIAL.value,
        Approval.subject == DRAFT,
        Approval.status != ApprovalStatus.WITHDRAWN.value,
    )
    rows = session.scalars(of_draft.order_by(Approval.id).execution_options(populate_existing=True)).all()
    mine = [row for row in rows if row.about == before]
    if any(row.about == after for row in rows):
        why = f"{before} was merged into {after}"
        end_approvals(session, opened.row.id, by=by.name, now=now, why=why, subject=DRAFT, about=before)
        return {"approvals": []}
    for row in mine:
        row.about = after
    return {"approvals": [row.id for row in mine]}


def _give(session: Session, told: Mapping[str, Any], to: Signatory) -> None:
    """Let the notices and the names of before that went over be somebody's."""
    for row in (*_rows(session, TerminationNotice, told["notices"]), *_rows(session, FormerName, told["names"])):
        row.signatory_id = to.id
    session.flush()


def _rows(session: Session, table: Any, ids: Collection[Any]) -> list[Any]:
    here = select(table).where(table.id.in_(ids)).order_by(table.id)
    return list(session.scalars(here.execution_options(populate_existing=True)))


def _refuse_changed_since(
    session: Session, opened: Opened, told: Mapping[str, Any], new: Signatory | None, records: Sequence[GateRecord]
) -> None:
    """Let pass a merger on which nothing rests since."""
    gone = told["record"]["name"]
    if new is None or new.left_on is not None or _plain(new.joined_on) != told["after"]["joined_on"]:
        raise Refused(f"{told['name']} left or was merged since; nothing changed.")
    rows = session.scalars(select(Signatory.name).where(Signatory.alliance_id == opened.row.id))
    if any(name_key(name) == name_key(gone) for name in rows):
        raise Refused(f"Another participant is called {gone} since; nothing changed.")
    if any(row.counted_at is not None for row in records):
        raise Refused("An agreement was signed since on the strength of it; the merger can no longer be undone.")


def _plain(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _entry(session: Session, action: str, change: str) -> AuditEntry | None:
    return session.scalars(
        select(AuditEntry).where(AuditEntry.action == action, AuditEntry.data.contains({"change": change})).limit(1)
    ).one_or_none()


def _done(told: Mapping[str, Any], gone: str, into: str, record: str | None) -> ParticipantMerger:
    return ParticipantMerger(
        gone,
        into,
        notices=len(told["notices"]),
        members=len(told["members"]),
        records=len(told["carried"]),
        approvals=len(told["approvals"]),
        record=record,
    )
