"""Declare a duty not applicable: an official does, with a reason, and never the one who owes it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.offices import Office
from models.settlements import Waiver
from operations.actor import Actor
from operations.records.open_obligation import open_obligation, recheck_obligation
from operations.refusals import NotAllowed, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Modality
from policy.rights import Verb


def waive_duty(
    session: Session, *, obligation_id: uuid.UUID, reason: str, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Waive an open duty from today on; its due date and the day of the waiver are both kept.

    Raises:
        Refused: The reason is missing, or it is a permission, of which nothing is asked.
        NotAllowed: No position of the person allows it, or the person owes the duty.
        AlreadyDone: It is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.WAIVE, now=now)
    if not reason.strip():
        raise Refused("Say why it does not apply: the reason is kept with the duty.", field="reason")
    if row.modality == Modality.PERMISSION:
        raise Refused("This is possible and not asked for: there is nothing to waive.")
    holder = session.get_one(Office, row.office_id).code
    refuse_who_owes_it(row.owner, by, (*opened.of.answering, holder))
    waiver = Waiver(
        alliance_id=row.alliance_id,
        rule=row.rule,
        subject=row.subject,
        period=row.period,
        due_on=row.due_on,
        waived_on=opened.today,
        reason=reason.strip(),
        by=by.name,
        recorded_at=now,
    )
    session.add(waiver)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="waiver:given",
        subject=opened.subject,
        data={
            "obligation": row.id,
            "rule": row.rule,
            "due_on": row.due_on,
            "waived_on": opened.today,
            "reason": waiver.reason,
        },
    )
    return recheck_obligation(session, row, by=by, now=now)


def refuse_who_owes_it(owner: str, by: Actor, offices: Sequence[str]) -> None:
    """Let pass who neither holds the owing position at one of the offices nor is named as the owner.

    Raises:
        NotAllowed: The person owes the duty.
    """
    owns = any(p.role == owner and p.office_code in offices for p in by.positions)
    if owns or by.name.casefold() == owner.casefold():
        raise NotAllowed(f"You owe this duty yourself ({owner}): somebody above has to decide that it does not apply.")
