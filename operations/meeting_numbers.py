"""The numbers of meetings that an office or an alliance set for itself, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from operations.refusals import Refused
from policy.meeting_numbers import MeetingNumber, follow, read_number, write_number


class KeepsNumbers(Protocol):
    """The settings of an office, or an alliance."""

    @property
    def meetings_required(self) -> int | None:
        """What was set last."""

    @property
    def meetings_required_since(self) -> date | None:
        """The first day of the agreement years for which that holds; None: all."""

    @property
    def meetings_required_before(self) -> Sequence[str]:
        """What was set before, in order of day."""


def numbers_of(kept: KeepsNumbers) -> tuple[MeetingNumber, ...]:
    """Give all numbers that were set, in order of day."""
    earlier = tuple(map(read_number, kept.meetings_required_before))
    if kept.meetings_required is None:
        return earlier
    return (*earlier, MeetingNumber(kept.meetings_required_since or date.min, kept.meetings_required))


def set_number(
    kept: KeepsNumbers, number: int | None, since: date | None, *, today: date
) -> tuple[int | None, date | None, tuple[str, ...]]:
    """Set another number or day: gives number, day and earlier numbers as they are then kept.

    Raises:
        Refused: A day is given for no number.
    """
    numbers = numbers_of(kept)
    if since is not None and number is None and kept.meetings_required is None:
        raise Refused("Give the number of meetings for which this day is meant.", field="meetings_required_since")
    made = follow(numbers, number, since, today=today)
    if not made or made[-1].number is None:
        return None, None, tuple(map(write_number, made))
    *earlier, last = made
    return last.number, None if last.since == date.min else last.since, tuple(map(write_number, earlier))
