"""Answer a reminder without fulfilling its duty: snooze it, or pass it on to another office."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor
from operations.records.open_alliance import Opened
from operations.records.open_obligation import open_obligation, recheck_obligation
from operations.records.open_program import OpenedProgram
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Basis, Modality
from policy.requests import is_past_legal_date
from policy.rights import Verb
from policy.words import day as spelled


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

    Past a legal date a second person has to agree, see `ask_decision`.

    Raises:
        Refused: The day is today or past, or lies after the legal date; the reason is missing.
        AlreadyDone: The obligation is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.SNOOZE, now=now)
    if until <= opened.today:
        raise Refused("Choose a day after today: until then no reminder is sent.", field="until")
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
    row.snoozed_until, row.snoozed_by = until, by.name
    row.snooze_reason, row.snooze_agreed_by = reason, None
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="obligation:snoozed",
        subject=opened.subject,
        data={"obligation": row.id, "rule": row.rule, "until": until, "reason": reason},
    )
    return recheck_obligation(session, row, by=by, now=now)


def pass_on(
    session: Session, *, obligation_id: uuid.UUID, office_code: str, reason: str, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Send an obligation's reminders to another office from now on; who does the work is theirs to say.

    Raises:
        Refused: There is no such office, or the reminders go there already.
        AlreadyDone: The obligation is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.PASS_ON, now=now)
    office = session.scalar(select(Office).where(Office.code == office_code))
    if office is None or office.kind == "external":
        raise Refused("There is no such office; choose one of the list.", field="office")
    if office.id == row.office_id:
        raise Refused(f"{office.name} gets these reminders already; choose another office.", field="office")
    previous = session.get_one(Office, row.office_id)
    # Back at the office that had it at first, it follows the alliance again when that changes its lead.
    row.office_id, row.passed_on = office.id, office.id != _home(session, row, opened)
    # Who does the work is for the other office to say.
    row.assigned_to_id = row.assigned_as = row.assigned_by = row.assigned_note = None
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="obligation:passed-on",
        subject=opened.subject,
        data={
            "obligation": row.id,
            "rule": row.rule,
            "from": previous.code,
            "to": office.code,
            "reason": reason,
        },
    )
    return recheck_obligation(session, row, by=by, now=now)


def _home(session: Session, row: Obligation, opened: Opened | OpenedProgram) -> int:
    """Return the id of the office that has an obligation unless it is passed on: the lead office, or the one asked."""
    due = next((due for due in opened.of.duties_on(opened.today) if due.id == row.id), None)
    asked = None if due is None else opened.of.asked(due)
    found = None if asked is None else session.scalar(select(Office.id).where(Office.code == asked))
    return opened.of.office_id if found is None else found
