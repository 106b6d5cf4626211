"""Open an obligation for a change: what owes it locked, the right checked, and not settled yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, require
from operations.records.open_alliance import Opened, open_alliance
from operations.records.open_program import OpenedProgram, open_program
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome, recheck, recheck_program
from policy.rights import Verb
from policy.words import day as spelled


def open_obligation(
    session: Session, obligation_id: uuid.UUID, *, by: Actor, verb: Verb, now: datetime
) -> tuple[Obligation, Opened | OpenedProgram]:
    """Open an unsettled obligation for a person who may do `verb` for an office of its alliance.

    The office that holds it may answer for it too: the one asked, or that it was passed on to.

    Raises:
        Refused: It is no longer on record.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It is settled.
    """
    found = session.execute(select(Obligation.alliance_id).where(Obligation.id == obligation_id)).one_or_none()
    if found is None:
        raise Refused("This duty is no longer on record; /alliance due shows what is.")
    opened: Opened | OpenedProgram
    if found.alliance_id is None:
        opened = open_program(session, by=by, verb=None, now=now)
        codes = opened.of.answering
    else:
        opened = open_alliance(session, found.alliance_id, by=by, verb=None, now=now)
        codes = opened.of.answering
    row = session.get_one(Obligation, obligation_id, populate_existing=True)
    require(session, by, verb, office_codes=(*codes, session.get_one(Office, row.office_id).code))
    if row.settled is not None:
        who = f" by {row.settled_by}" if row.settled_by else ""
        raise AlreadyDone(f"This is settled: {row.settled} on {spelled(row.settled_on)}{who}.")  # type: ignore[arg-type]
    return row, opened


def recheck_obligation(session: Session, row: Obligation, *, by: Actor, now: datetime) -> Outcome | ProgramOutcome:
    """Check the rules for the alliance or the program that owes an obligation, in the same transaction.

    The messages that show it are rewritten, whatever the check finds.
    """
    record = f"obligation:{row.id}"
    if row.alliance_id is not None:
        return recheck(session, row.alliance_id, by=by, now=now, record=record, changed=[row.id])
    return recheck_program(session, by=by, now=now, record=record, changed=[row.id])
