from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.errors import RefusalError


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
            RefusalError: when `when` lies in the past and `force` is not given.
        """
        ahead = (when - self.now()).total_seconds()
        if ahead < 0 and not force:
            raise RefusalError("The clock never goes backwards; choose a moment after the one it shows.")
        self.offset += ahead
        self.moved += 1

    def move_by_days(self, days: float) -> None:
        """Move the workspace's time ahead by whole or part calendar days of 24 hours.

        Raises:
            RefusalError: when `days` is negative or leads beyond the last date there is.
        """
        try:
            when = self.now() + timedelta(days=days)
        except OverflowError as error:
            raise RefusalError("That date lies too far ahead.") from error
        self.move_to(when)

    def shown(self) -> dict[str, object]:
        """Return the clock as the control API shows it."""
        return {"now": self.now().isoformat(timespec="seconds"), "moved": self.moved}
