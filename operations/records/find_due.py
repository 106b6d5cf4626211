"""Find the duty that a record is to fulfil, among those that are open today."""

from __future__ import annotations

from datetime import date

from operations.records.open_alliance import Opened
from operations.refusals import AlreadyDone, Refused
from policy.duties import Due, Status
from policy.words import day as spelled


def require_due(opened: Opened, rule: str, *, subject: str | None) -> Due:
    """Return the open duty of a rule, of a subject where it is said.

    Raises:
        Refused: No such duty has opened.
        AlreadyDone: It is settled.
    """
    for due in opened.of.duties_on(opened.today):
        if due.rule == rule and subject in {None, due.subject}:
            if not due.status.unsettled:
                raise AlreadyDone(f"Nothing is left to record here: {settled_words(due)}.")
            return due
    raise Refused("The records do not ask for this any more; /alliance due shows what they ask for.")


def settled_words(due: Due) -> str:
    """Say how a settled duty was settled."""
    word = {Status.MET: "done", Status.WAIVED: "waived"}.get(due.status, "no longer owed")
    on = "" if due.settled_on is None else f" on {spelled(due.settled_on)}"
    reason = f" ({due.reason.rstrip('.')})" if due.reason else ""
    return f"{word}{on}{reason}"


def refuse_day_before(on: date, first: date, *, field: str, what: str) -> None:
    """Refuse a day that lies before another; `what` says what happened on the other, as in "the signing".

    Raises:
        Refused: The sentence names both days.
    """
    if on < first:
        raise Refused(f"{spelled(on)} lies before {what} ({spelled(first)}); check the date.", field=field)
