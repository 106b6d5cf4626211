"""Find the duty that a button names, whether the check of the rules has written it down yet or not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.duty_words import Row, row_of_due, row_of_shown
from operations.actor import office_day
from operations.gather_facts import gather
from operations.gather_program import Owing, gather_program
from operations.read.duties import list_due
from operations.read.merged import standing_for
from operations.read.message import Shown, show_obligation
from operations.refusals import AlreadyDone, Refused
from policy.duties import Due, Status
from policy.words import day


@dataclass(frozen=True, slots=True)
class FoundDuty:
    """A duty with its alliance, or the program; one of `due` and `shown` is there for certain."""

    of: Owing
    #: As the records ask for it today; None when they no longer do.
    due: Due | None
    #: As the last check wrote it down; None before the first check.
    shown: Shown | None
    #: What day it is at its office.
    on: date

    @property
    def row(self) -> Row:
        """The duty as a line."""
        if self.due is not None:
            return row_of_due(self.due, self.of, self.on)
        if self.shown is not None:
            return row_of_shown(self.shown)
        raise LookupError("neither due nor shown")


def find_duty(session: Any, duty_id: uuid.UUID, *, now: datetime) -> FoundDuty:
    """Find a duty by its id.

    Raises:
        Refused: There is no such duty.
    """
    shown = show_obligation(session, duty_id, now=now)
    if shown is not None:
        of = _owing(session, shown.alliance_id)
        today = office_day(now, of.timezone)
        found = next((due for due in of.duties_on(today) if due.id == duty_id), None)
        return FoundDuty(of, found, shown, today)
    owed = next((o for o in list_due(session, as_of=now, settled=True, failed=[]) if o.due.id == duty_id), None)
    if owed is None:
        raise Refused("This duty is no longer on record; /alliance due shows what is.")
    return FoundDuty(owed.of, owed.due, None, owed.on)


def _owing(session: Any, alliance_id: int | None) -> Owing:
    of = gather_program(session) if alliance_id is None else gather(session, [standing_for(session, alliance_id)])[0]
    if of is None:
        raise Refused("This duty is no longer on record; /alliance due shows what is.")
    return of


def refuse_settled(found: FoundDuty) -> None:
    """Refuse to act on a duty that is settled.

    Raises:
        AlreadyDone: The sentence says how, when and, where that is known, by whom.
    """
    sentence = settled_words(found)
    if sentence is not None:
        raise AlreadyDone(sentence)


def settled_words(found: FoundDuty) -> str | None:
    """Say who settled a duty and when; None while it is open."""
    due, shown = found.due, found.shown
    status = due.status if due is not None else (shown.status if shown is not None else Status.LIFTED)
    if status.unsettled:
        return None
    word = {Status.MET: "done", Status.WAIVED: "waived"}.get(status, "no longer owed")
    settled_on = due.settled_on if due is not None else (shown.settled_on if shown is not None else None)
    on = f" on {day(settled_on)}" if settled_on is not None else ""
    by = f" by {shown.settled_by}" if shown is not None and shown.settled_by and status is not Status.LIFTED else ""
    reason = (due.reason if due is not None else None) or (shown.reason if shown is not None else None)
    because = f" ({reason.rstrip('.')})" if reason else ""
    return f"This is settled: {word}{on}{by}{because}."
