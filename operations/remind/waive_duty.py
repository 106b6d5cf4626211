"""Declare a duty not applicable: an official does, with a reason, and never the one who owes it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Obligation
from models.offices import Office
from models.settlements import Waiver
from operations.actor import Actor, require
from operations.records.open_alliance import Opened, open_alliance
from operations.records.open_obligation import open_obligation, recheck_obligation
from operations.records.open_program import OpenedProgram, open_program
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Modality
from policy.rights import Verb, owes

#: What a waiver that can be taken back is called: "waiver:" and its number.
RECORD = "waiver"
#: Letters that a reason has at least: a letter or a dot says nothing to who reads it in a year.
SHORTEST_REASON = 3
#: Digits that the column of ids can hold.
LONGEST_NUMBER = 18


def waive_duty(
    session: Session, *, obligation_id: uuid.UUID, reason: str, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Waive an open duty from today on; its due date and the day of the waiver are both kept.

    The outcome's record can be undone, see `undo_waiver`.

    Raises:
        Refused: The reason is missing or says nothing, or it is a permission, of which nothing is asked.
        NotAllowed: No position of the person allows it, or the person owes the duty.
        AlreadyDone: It is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.WAIVE, now=now)
    refuse_no_reason(reason)
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
    return replace(recheck_obligation(session, row, by=by, now=now), record=f"{RECORD}:{waiver.id}")


def undo_waiver(session: Session, *, record: str, by: Actor, now: datetime) -> Outcome | ProgramOutcome:
    """Take a waiver back: the duty is owed again, with the date it has; the audit keeps both.

    Raises:
        Refused: The duty is no longer on record.
        NotAllowed: No position of the person allows to waive it.
        AlreadyDone: It was taken back before.
    """
    number = record.partition(":")[2]
    found = session.get(Waiver, int(number)) if number.isdecimal() and len(number) <= LONGEST_NUMBER else None
    if found is None:
        raise AlreadyDone("This waiver was taken back before; nothing changed.")
    opened: Opened | OpenedProgram
    if found.alliance_id is None:
        opened = open_program(session, by=by, verb=None, now=now)
    else:
        opened = open_alliance(session, found.alliance_id, by=by, verb=None, now=now)
    # Whoever was faster has committed by now.
    waiver = session.get(Waiver, found.id, populate_existing=True)
    if waiver is None:
        raise AlreadyDone("This waiver was taken back before; nothing changed.")
    row = session.scalars(
        select(Obligation).where(
            Obligation.rule == waiver.rule,
            Obligation.subject == waiver.subject,
            Obligation.period.is_not_distinct_from(waiver.period),
        )
    ).one_or_none()
    if row is None:
        raise Refused("This duty is no longer on record; /alliance due shows what is.")
    holder = session.get_one(Office, row.office_id).code
    require(session, by, Verb.WAIVE, office_codes=(*opened.of.answering, holder))
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="waiver:taken-back",
        subject=opened.subject,
        data={
            "obligation": row.id,
            "rule": row.rule,
            "due_on": waiver.due_on,
            "waived_on": waiver.waived_on,
            "reason": waiver.reason,
            "given_by": waiver.by,
            "subject_of": waiver.subject,
            "period": waiver.period,
            "recorded_at": waiver.recorded_at,
        },
    )
    session.delete(waiver)
    return recheck_obligation(session, row, by=by, now=now)


def refuse_no_reason(reason: str | None) -> None:
    """Let pass a reason that can say something.

    Raises:
        Refused: It is missing, or shorter than a word.
    """
    if len((reason or "").strip()) < SHORTEST_REASON:
        raise Refused(
            "Say why it does not apply, in a few words: the reason is kept with the duty, and others read it.",
            field="reason",
        )


def refuse_who_owes_it(owner: str, by: Actor, offices: Sequence[str]) -> None:
    """Let pass who neither holds the owing position at one of the offices nor is named as the owner.

    Raises:
        NotAllowed: The person owes the duty.
    """
    if owes(owner, by.name, by.positions, offices):
        raise NotAllowed(f"You owe this duty yourself ({owner}): somebody above has to decide that it does not apply.")
