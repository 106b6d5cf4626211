"""Answer a reminder without fulfilling its duty: snooze it, or pass it on to another office."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, require
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def snooze_reminder(session: Session, *, obligation_id: uuid.UUID, until: date, by: Actor, now: datetime) -> Outcome:
    """Send no reminder of an obligation before a local day, and one on it; never past its due date.

    Raises:
        Refused: The day is today or past, or lies after the due date.
        AlreadyDone: The obligation is settled.
    """
    row, opened = _open_obligation(session, obligation_id, by=by, verb=Verb.SNOOZE, now=now)
    if until <= opened.today:
        raise Refused("Choose a day after today: until then no reminder is sent.", field="until")
    if row.due_on < opened.today:
        raise Refused(
            f"This was due on {spelled(row.due_on)}: what is late cannot be snoozed. Record it, or pass it on.",
            field="until",
        )
    if until > row.due_on:
        raise Refused(f"This is due on {spelled(row.due_on)}: choose that day or an earlier one.", field="until")
    row.snoozed_until, row.snoozed_by = until, by.name
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="obligation:snoozed",
        subject=opened.subject,
        data={"obligation": row.id, "rule": row.rule, "until": until},
    )
    return recheck(session, row.alliance_id, by=by, now=now, record=f"obligation:{row.id}", changed=[row.id])


def pass_on(
    session: Session, *, obligation_id: uuid.UUID, office_code: str, reason: str, by: Actor, now: datetime
) -> Outcome:
    """Send an obligation's reminders to another office from now on; who does the work is theirs to say.

    Raises:
        Refused: There is no such office, or the reminders go there already.
        AlreadyDone: The obligation is settled.
    """
    row, opened = _open_obligation(session, obligation_id, by=by, verb=Verb.PASS_ON, now=now)
    office = session.scalar(select(Office).where(Office.code == office_code))
    if office is None or office.kind == "external":
        raise Refused("There is no such office; choose one of the list.", field="office")
    if office.id == row.office_id:
        raise Refused(f"{office.name} gets these reminders already; choose another office.", field="office")
    previous = session.get_one(Office, row.office_id)
    # Back at the lead office, it follows the alliance again when that changes its lead.
    row.office_id, row.passed_on = office.id, office.id != opened.of.office_id
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
    return recheck(session, row.alliance_id, by=by, now=now, record=f"obligation:{row.id}", changed=[row.id])


def _open_obligation(
    session: Session, obligation_id: uuid.UUID, *, by: Actor, verb: Verb, now: datetime
) -> tuple[Obligation, Opened]:
    alliance_id = session.scalar(select(Obligation.alliance_id).where(Obligation.id == obligation_id))
    if alliance_id is None:
        raise Refused("This duty is no longer on record; /alliance due shows what is.")
    # Not `open_alliance`'s right: an office that the duty was passed on to may answer for it, too.
    opened = open_alliance(session, alliance_id, by=by, verb=None, now=now)
    row = session.get_one(Obligation, obligation_id, populate_existing=True)
    holder = session.get_one(Office, row.office_id).code
    require(session, by, verb, office_codes=(*opened.of.facts.offices, holder))
    if row.settled is not None:
        who = f" by {row.settled_by}" if row.settled_by else ""
        raise AlreadyDone(f"This is settled: {row.settled} on {spelled(row.settled_on)}{who}.")  # type: ignore[arg-type]
    return row, opened
