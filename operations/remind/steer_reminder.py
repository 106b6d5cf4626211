"""Answer a reminder without fulfilling its duty: snooze it, or pass it on to another office."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor
from operations.hands.refuse_closed import refuse_closed
from operations.records.open_alliance import Opened
from operations.records.open_obligation import open_obligation
from operations.records.open_program import OpenedProgram
from operations.refusals import Refused
from operations.remind.change_answer import change_answer, find_change, refuse_changed_since
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Basis, Modality
from policy.requests import is_past_legal_date, is_too_far
from policy.rights import Verb
from policy.words import day as spelled

#: What a snooze that can be taken back is called: "snooze:" and the id of the change.
RECORD = "snooze"
#: What a duty that was passed on and can be taken back is called: "passed:" and the id of the change.
PASSED = "passed"
PASSED_ON, PASS_UNDONE = "obligation:passed-on", "obligation:pass-undone"
SNOOZED, SNOOZE_UNDONE = "obligation:snoozed", "obligation:snooze-undone"


def snooze_reminder(
    session: Session,
    *,
    obligation_id: uuid.UUID,
    until: date,
    reason: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome | ProgramOutcome:
    """Send no reminder of an obligation before a local day, and one on it; past an office's target with a reason.

    Past a legal date a second person has to agree, see `ask_decision`. The outcome's record can be undone.

    Raises:
        Refused: The day is today or past, or lies after the legal date; the reason is missing.
        AlreadyDone: The obligation is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.SNOOZE, now=now)
    if until <= opened.today:
        raise Refused("Choose a day after today: until then no reminder is sent.", field="until")
    if is_too_far(until, opened.today):
        raise Refused(
            "Choose a day within a year: what is not owed any more is declared not applicable.", field="until"
        )
    if is_past_legal_date(until, row.due_on, Basis(row.basis), Modality(row.modality)):
        raise Refused(
            f"This is due on {spelled(row.due_on)}: a later day takes a reason and an official above you.",
            field="until",
        )
    if until > row.due_on and not (reason or "").strip():
        raise Refused(
            f"The target is {spelled(row.due_on)}: give the reason for a later day; it is kept with the duty.",
            field="reason",
        )
    after = {"snoozed_until": until, "snoozed_by": by.name, "snooze_reason": reason, "snooze_agreed_by": None}
    return put_off(session, row, after, opened.subject, by=by, now=now, told={"until": until, "reason": reason})


def put_off(
    session: Session,
    row: Obligation,
    after: Mapping[str, Any],
    subject: str,
    *,
    by: Actor,
    now: datetime,
    told: Mapping[str, Any],
) -> Outcome | ProgramOutcome:
    """Write until when a reminder is put off; whoever may has decided. The outcome's record can be undone."""
    return change_answer(session, row, after, kind=RECORD, action=SNOOZED, subject=subject, by=by, now=now, told=told)


def undo_snooze(
    session: Session, *, record: str, by: Actor, now: datetime
) -> tuple[Outcome | ProgramOutcome, date | None]:
    """Take a snooze back; returns the outcome, and until when the duty is snoozed again, if it was before.

    What an official agreed to is taken back by who may decide it.

    Raises:
        Refused: There is no such snooze, or the duty was snoozed anew since.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It was undone before, or the duty is settled.
    """
    entry = find_change(session, record, (SNOOZED, SNOOZE_UNDONE))
    before = dict(entry.data["before"])
    # Nor is what an official took back done again by anybody else.
    agreed = before["snooze_agreed_by"] if entry.action == SNOOZE_UNDONE else entry.data["after"]["snooze_agreed_by"]
    verb = Verb.DECIDE if agreed else Verb.SNOOZE
    row, opened = open_obligation(session, uuid.UUID(entry.data["obligation"]), by=by, verb=verb, now=now)
    refuse_changed_since(row, entry, what="snooze", done="snoozed")
    if before["snoozed_until"] is not None:
        before["snoozed_until"] = date.fromisoformat(before["snoozed_until"])
    outcome = change_answer(
        session, row, before, kind=RECORD, action=SNOOZE_UNDONE, subject=opened.subject, by=by, now=now
    )
    until = row.snoozed_until
    return outcome, until if until is not None and until > opened.today else None


def pass_on(
    session: Session, *, obligation_id: uuid.UUID, office_code: str, reason: str, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Send an obligation's reminders to another office from now on; who does the work is theirs to say.

    Raises:
        Refused: There is no such office, it is closed, or the reminders go there already.
        AlreadyDone: The obligation is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.PASS_ON, now=now)
    office = session.scalar(select(Office).where(Office.code == office_code))
    if office is None or office.kind == "external":
        raise Refused("There is no such office; choose one of the list.", field="office")
    refuse_closed(session, office, field="office")
    if office.id == row.office_id:
        raise Refused(f"{office.name} gets these reminders already; choose another office.", field="office")
    previous = session.get_one(Office, row.office_id)
    # Back at the office that had it at first, it follows the alliance again when that changes its lead.
    after: dict[str, Any] = {"office_id": office.id, "passed_on": office.id != _home(session, row, opened)}
    # Who does the work is for the other office to say.
    after |= dict.fromkeys(("assigned_to_id", "assigned_as", "assigned_by", "assigned_note"))
    told = {"from": previous.code, "to": office.code, "reason": reason}
    return change_answer(
        session, row, after, kind=PASSED, action=PASSED_ON, subject=opened.subject, by=by, now=now, told=told
    )


def undo_pass_on(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome | ProgramOutcome, str]:
    """Take back that a duty was passed on; returns the outcome, and the name of the office that has it again.

    Raises:
        Refused: There is no such change, or the duty was passed on or assigned anew since.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It was undone before, or the duty is settled.
    """
    entry = find_change(session, record, (PASSED_ON,))
    row, opened = open_obligation(session, uuid.UUID(entry.data["obligation"]), by=by, verb=Verb.PASS_ON, now=now)
    refuse_changed_since(row, entry, what="change of office", done="passed on or assigned")
    outcome = change_answer(
        session,
        row,
        entry.data["before"],
        kind=PASSED,
        action=PASS_UNDONE,
        subject=opened.subject,
        by=by,
        now=now,
    )
    return outcome, session.get_one(Office, row.office_id).name


def _home(session: Session, row: Obligation, opened: Opened | OpenedProgram) -> int:
    """Return the id of the office that has an obligation unless it is passed on: the lead office, or the one asked."""
    due = next((due for due in opened.of.duties_on(opened.today) if due.id == row.id), None)
    asked = None if due is None else opened.of.asked(due)
    found = None if asked is None else session.scalar(select(Office.id).where(Office.code == asked))
    return opened.of.office_id if found is None else found
