"""Open the program for a change: locked, the right checked, the day known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.locks import PROGRAM
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


def lock_program(session: Session) -> GatheredProgram | None:
    """Lock the program until the transaction ends, and gather its facts; None where there is none yet.

    It lines up all who change the program, as an alliance's row does for its own; who changes alliances too locks
    those first. It has no row, and its office's is taken while a message of that office is folded.
    """
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": PROGRAM})
    return gather_program(session)


def open_program(session: Session, *, by: Actor, verb: Verb | None, now: datetime) -> OpenedProgram:
    """Lock the program until the transaction ends, for a person who may do `verb` for the office that runs it.

    `verb` None leaves the right to the caller.

    Raises:
        Refused: There is no National Office yet, or no alliance.
        NotAllowed: No position of the person allows it.
    """
    of = lock_program(session)
    if of is None:
        raise Refused("There is no program yet: enter the National Office and an alliance first.")
    if verb is not None:
        require(session, by, verb, office_codes=of.answering)
    return OpenedProgram(of, office_day(now, of.timezone))
