"""How many meetings are set for an agreement year: a number holds for the years that begin on or after its day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(r"(\d{1,2}|none)(?: from (\d{4}-\d{2}-\d{2}))?")


@dataclass(frozen=True, slots=True)
class MeetingNumber:
    """A number of meetings, and the first day of the agreement years to which it may apply."""

    #: `date.min`: every year.
    since: date
    #: None: nothing is set any more, so what is set above, or the parameter, holds.
    number: int | None


def number_on(numbers: Sequence[MeetingNumber], first: date) -> MeetingNumber | None:
    """Return what is set for the agreement year that begins on a day; `numbers` are in order of their days."""
    return next((set_ for set_ in reversed(numbers) if set_.since <= first), None)


def lay_over(own: Sequence[MeetingNumber], above: Sequence[MeetingNumber]) -> tuple[MeetingNumber, ...]:
    """Join what is set at one place with what is set above it, which holds where the place sets nothing."""
    joined: tuple[MeetingNumber, ...] = ()
    for day in sorted({set_.since for set_ in (*own, *above)}):
        both = (number_on(own, day), number_on(above, day))
        number = next((set_.number for set_ in both if set_ is not None and set_.number is not None), None)
        joined = _with(joined, MeetingNumber(day, number))
    return joined


def follow(
    numbers: Sequence[MeetingNumber], number: int | None, since: date | None, *, today: date
) -> tuple[MeetingNumber, ...]:
    """Set another number, or another day for the last one; years that begin before it keep what was set for them.

    `since` None is today for another number, and leaves the day of the same number as it is.
    """
    same = number == (numbers[-1].number if numbers else None)
    if same and since is None:
        return tuple(numbers)
    day = since or today
    earlier = tuple(set_ for set_ in (numbers[:-1] if same else numbers) if set_.since < day)
    return _with(earlier, MeetingNumber(day, number))


def _with(numbers: tuple[MeetingNumber, ...], last: MeetingNumber) -> tuple[MeetingNumber, ...]:
    """Append a number that differs from the one before it."""
    return numbers if last.number == (numbers[-1].number if numbers else None) else (*numbers, last)


def write_number(set_: MeetingNumber) -> str:
    """Write a number with its day as it is kept, as in "3 from 2026-11-22" or "none from 2027-01-01"."""
    number = "none" if set_.number is None else str(set_.number)
    return number if set_.since == date.min else f"{number} from {set_.since}"


def read_number(text: str) -> MeetingNumber:
    """Read what `write_number` wrote.

    Raises:
        ValueError: It is written in another way.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}” is not written as in 3 from 2026-11-22")
    number, since = found.groups()
    return MeetingNumber(date.fromisoformat(since or "0001-01-01"), None if number == "none" else int(number))
