"""The closing checklist of an alliance that has ended, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import safe
from operations.read.closing import Closing
from policy.duties import Due, Status
from policy.words import day


def closing_lines(closing: Closing) -> Iterator[str]:
    """Yield a line for each step: done, still to be done and until when, or not asked for."""
    yield f"•  Logo: {_logo(closing)}"
    yield f"•  Closeout report: {_report(closing)}"


def _logo(closing: Closing) -> str:
    due = closing.logo
    if due is None:
        return "nothing is asked for; it may be used only while an alliance is in effect (CSP 04-01-002 XII.B)"
    note = f" ({safe(closing.logo_note, 300)})" if closing.logo_note else ""
    if due.status is Status.MET and due.settled_on is not None:
        return f"withdrawn on {day(due.settled_on)}{note}"
    return _open(due, "to be withdrawn by every participant", "CSP 04-01-002 XII.B")


def _report(closing: Closing) -> str:
    if closing.posted_on is not None:
        return f"posted on {day(closing.posted_on)} at {safe(closing.address or '', 500)}"
    if closing.submitted_on is not None:
        return f"submitted to DCSP on {day(closing.submitted_on)}, not posted yet"
    if closing.report is None:
        return "none is asked for"
    return _open(closing.report, "to be submitted to DCSP", closing.report.clauses[0].name)


def _open(due: Due, what: str, clause: str) -> str:
    if not due.status.unsettled:
        return f"no longer asked for ({due.status.value})"
    late = ", which has passed" if due.status in {Status.OVERDUE, Status.PAST_TARGET} else ""
    return f"{what} by {day(due.due_on)}{late} ({clause})"
