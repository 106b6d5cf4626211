"""Why a reminder is said on its day."""

from __future__ import annotations

from datetime import date

from operations.read.stage_words import stage_words


def test_a_moved_day_says_to_which_side_and_why():
    """Up to the due day the working day before is taken, unless the duty was not open on it."""
    due = date(2027, 1, 4)
    before = stage_words("before:30", due_on=due, planned_for=date(2026, 12, 4), said_on=date(2026, 12, 4))
    assert before.endswith("December 5, 2026 is a Saturday, so the working day before it is taken")
    after = stage_words("before:30", due_on=due, planned_for=date(2026, 12, 7), said_on=date(2026, 12, 7))
    assert after.endswith("and the duty was not open on the working day before it, so the one after it is taken")
    late = stage_words("after:1", due_on=date(2026, 12, 4), planned_for=date(2026, 12, 7), said_on=date(2026, 12, 7))
    assert late.endswith("December 5, 2026 is a Saturday, so the working day after it is taken")
