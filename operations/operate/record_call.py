"""Record a conference call with the Regional Alliance Program Coordinators (CSP 04-01-002 VIII.A.9)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import CoordinatorCall
from operations.actor import Actor
from operations.records.open_program import open_program
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import ProgramOutcome, recheck_program
from policy.rights import Verb
from policy.words import day as spelled


def record_call(session: Session, *, on: date, topics: str | None = None, by: Actor, now: datetime) -> ProgramOutcome:
    """Record a call held on a local day of the office that runs the program.

    Raises:
        Refused: The day is still to come.
        AlreadyDone: A call of that day is on record.
    """
    opened = open_program(session, by=by, verb=Verb.HOLD_CALL, now=now)
    if on > opened.today:
        raise Refused(f"{spelled(on)} is still to come: record the call once it was held.", field="on")
    if session.scalar(select(CoordinatorCall.id).where(CoordinatorCall.on_day == on)) is not None:
        raise AlreadyDone(f"A call on {spelled(on)} is already on record.", field="on")
    call = CoordinatorCall(on_day=on, topics=topics, recorded_by_id=by.person_id, recorded_at=now)
    session.add(call)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="coordinator-call:recorded",
        subject=opened.subject,
        data={"call": call.id, "on": on, "topics": topics},
    )
    return recheck_program(session, by=by, now=now, record=f"call:{call.id}")
