"""Open the program for a change: its office's row locked, the right checked, the day known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.actor import Actor, office_day, require
from operations.gather_program import GatheredProgram, gather_program
from operations.refusals import Refused
from policy.rights import Verb


@dataclass(frozen=True, slots=True)
class OpenedProgram:
    """The program, whose records this transaction may change, and its facts before the change."""

    of: GatheredProgram
    #: What day it is at the office that runs it.
    today: date

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return self.of.subject


def open_program(session: Session, *, by: Actor, verb: Verb | None, now: datetime) -> OpenedProgram:
    """Lock the program until the transaction ends, for a person who may do `verb` for the office that runs it.

    `verb` None leaves the right to the caller.

    Raises:
        Refused: There is no National Office yet, or no alliance.
        NotAllowed: No position of the person allows it.
    """
    of = gather_program(session)
    if of is None:
        raise Refused("There is no program yet: enter the National Office and an alliance first.")
    session.execute(select(Office.id).where(Office.id == of.office_id).with_for_update())
    if verb is not None:
        require(session, by, verb, office_codes=of.answering)
    return OpenedProgram(of, office_day(now, of.timezone))
