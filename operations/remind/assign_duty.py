"""Assign a duty to a person, or to nobody again; either can be undone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models.duties import MessageKind, Obligation
from models.offices import Person
from operations.actor import Actor, identify
from operations.read.assignable import find_assignable
from operations.records.open_obligation import open_obligation
from operations.refusals import AlreadyDone, Refused
from operations.remind.change_answer import change_answer, find_change, refuse_changed_since
from operations.remind.check_rules import Outcome, ProgramOutcome
from operations.remind.tell_person import tell_person
from policy.rights import Verb

#: What an assignment that can be undone is called: "assignment:" and the id of the change.
RECORD = "assignment"
_ACTIONS = ("obligation:assigned", "obligation:unassigned")
_COLUMNS = ("assigned_to_id", "assigned_as", "assigned_by", "assigned_note")


def assign_duty(
    session: Session, *, obligation_id: uuid.UUID, person_id: int, note: str | None = None, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Assign an open duty to a person, whoever had it before, and tell them; the outcome's record can be undone.

    Raises:
        Refused: The person holds no position that could do it, or has it already.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: The duty is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.ASSIGN, now=now)
    if person_id not in {id for id, _ in find_assignable(session, obligation_id, now=now)}:
        raise Refused("Choose somebody of the list: it takes a position at the duty's office.", field="person")
    person = identify(session, session.get_one(Person, person_id).slack_id, now=now)
    if row.assigned_to_id == person_id and row.assigned_note == note:
        raise Refused(f"This is assigned to {row.assigned_as} already.", field="person")
    after = {"assigned_to_id": person_id, "assigned_as": person.name, "assigned_by": by.name, "assigned_note": note}
    outcome = _change(session, row, after, opened.subject, by=by, now=now)
    if person_id != by.person_id:
        tell_person(session, person_id, row, kind=MessageKind.ASSIGNED, now=now)
    return outcome


def unassign_duty(session: Session, *, obligation_id: uuid.UUID, by: Actor, now: datetime) -> Outcome | ProgramOutcome:
    """Assign an open duty to nobody in particular; the outcome's record can be undone.

    Raises:
        NotAllowed: No position of who asks allows it.
        AlreadyDone: It is assigned to nobody, or settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.ASSIGN, now=now)
    if row.assigned_to_id is None:
        raise AlreadyDone("This is assigned to nobody; nothing changed.")
    return _change(session, row, dict.fromkeys(_COLUMNS), opened.subject, by=by, now=now)


def undo_assignment(
    session: Session, *, record: str, by: Actor, now: datetime
) -> tuple[Outcome | ProgramOutcome, str | None]:
    """Undo the assignment that a record names; returns the outcome, and who has the duty again, if anybody.

    Raises:
        Refused: There is no such change, or the duty was assigned anew since.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: It was undone before, or the duty is settled.
    """
    entry = find_change(session, record, _ACTIONS)
    row, opened = open_obligation(session, uuid.UUID(entry.data["obligation"]), by=by, verb=Verb.ASSIGN, now=now)
    refuse_changed_since(row, entry, what="assignment", done="assigned")
    outcome = _change(session, row, entry.data["before"], opened.subject, by=by, now=now)
    return outcome, row.assigned_as


def _change(
    session: Session, row: Obligation, after: dict[str, object], subject: str, *, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    assigned, unassigned = _ACTIONS
    action = unassigned if after["assigned_to_id"] is None else assigned
    return change_answer(session, row, after, kind=RECORD, action=action, subject=subject, by=by, now=now)
