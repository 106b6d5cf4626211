from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.errors import RefusalError

#: Where a move may lead: a date far beyond any term makes every program that follows the clock work for ever.
FIRST_YEAR = 2000
LAST_YEAR = 2060
#: Ten years, leap days included.
LONGEST_MOVE = timedelta(days=10 * 366)
TOO_FAR = f"The clock moves at most 10 years at a time, and not beyond the year {LAST_YEAR}."


@dataclass
class Clock:
    """The workspace's time: real time plus an offset.

    Args:
        offset: seconds added to real time.
        moved: how often somebody moved the clock.
    """

    offset: float = 0.0
    moved: int = 0

    def now(self) -> datetime:
        """Return the workspace's time in UTC."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def move_to(self, when: datetime, *, force: bool = False) -> None:
        """Set the workspace's time.

        Raises:
            RefusalError: when `when` lies in the past and `force` is not given, or too far away.
        """
        ahead = when - self.now()
        if ahead < timedelta(0) and not force:
            raise RefusalError("The clock never goes backwards; choose a moment after the one it shows.")
        if ahead > LONGEST_MOVE or when >= datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC):
            raise RefusalError(TOO_FAR)
        if when < datetime(FIRST_YEAR, 1, 1, tzinfo=UTC):
            raise RefusalError(f"The clock does not go back beyond the year {FIRST_YEAR}.")
        self.offset += ahead.total_seconds()
        self.moved += 1

    def move_by_days(self, days: float) -> None:
        """Move the workspace's time ahead by whole or part calendar days of 24 hours.

        Raises:
            RefusalError: when `days` is negative or leads too far ahead.
        """
        try:
            when = self.now() + timedelta(days=days)
        except OverflowError as error:
            raise RefusalError(TOO_FAR) from error
        self.move_to(when)

    def shown(self) -> dict[str, object]:
        """Return the clock as the control API shows it."""
        return {"now": self.now().isoformat(timespec="seconds"), "moved": self.moved}
