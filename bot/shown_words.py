"""What became of a duty that a message shows, in words."""

from __future__ import annotations

from bot.answer_words import ended
from bot.blocks import safe
from bot.duty_words import Row, due_words, full_day, row_line, row_of_shown, title
from operations.read.message import Shown
from policy.duties import Status
from policy.words import day


def outcome(shown: Shown) -> str | None:
    """Say what became of a duty that this office no longer has to act on; None while it has to."""
    by = f" by {safe(shown.settled_by)}" if shown.settled_by else ""
    on = f" on {day(shown.settled_on)}" if shown.settled_on else ""
    reason = f": {safe(shown.reason, 300)}" if shown.reason else ""
    if shown.status is Status.MET:
        return f"Done{on}{by}."
    if shown.status is Status.WAIVED:
        return f"Waived{on}{by}{ended(reason)}"
    if shown.status is Status.LIFTED:
        return f"No longer owed{on}{ended(reason)}"
    if shown.passed_to is not None:
        return f"Passed on to {safe(shown.passed_to)}. {due_words(row_of_shown(shown))}."
    return None


def snoozed(shown: Shown) -> str | None:
    """Say until when it is put off, by whom and why; None where it is not."""
    if shown.snoozed_until is None or shown.snoozed_until <= shown.on:
        return None
    by = f" by {safe(shown.snoozed_by)}" if shown.snoozed_by else ""
    agreed = f", agreed by {safe(shown.snooze_agreed_by)}" if shown.snooze_agreed_by else ""
    why = f": {safe(shown.snooze_reason, 300)}" if shown.snooze_reason else ""
    said = ended(f"Snoozed until {full_day(shown.snoozed_until)}{by}{agreed}{why}")
    if shown.reminded_on is None or shown.reminded_on == shown.snoozed_until:
        return said
    return f"{said} The reminder comes on {full_day(shown.reminded_on)}, a working day."


def duty_line(duty: Shown, row: Row | None = None) -> str:
    """Write a duty as one line: how it stands, or what became of it; `row` where it was made before."""
    row, closing = row or row_of_shown(duty), outcome(duty)
    if closing is not None:
        return f"{title(row.rule)}, {safe(row.alliance)}: {closing}"
    return row_line(row)
