"""When an approval that waits is brought to mind: with growing gaps of working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policy.calendar import NO_CLOSURES, Closures, add_working_days

#: Working days from the asking to the first reminder, and on to each next one; the last gap is repeated.
DEFAULT_GAPS = (2, 4, 8)
#: After so many reminders the official above hears of it, too.
CLIMBS_AFTER = 3


def reminders_due(asked_on: date, today: date, gaps: Sequence[int], closures: Closures = NO_CLOSURES) -> int:
    """Count the reminders whose day has come; after downtime only the latest of them is still sent."""
    number, on = 0, asked_on
    while (on := add_working_days(on, gaps[min(number, len(gaps) - 1)], closures)) <= today:
        number += 1
    return number


def climbs(number: int) -> bool:
    """Whether the official above is told with a reminder, counted from 1."""
    return number > CLIMBS_AFTER
