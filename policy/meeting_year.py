"""The Implementation Team meetings of one agreement year on a day: held, scheduled, still needed, and by when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from policy.calendar import NO_CLOSURES, Closures, on_or_before
from policy.parameters import meetings_apart_days, meetings_pace_percent
from policy.words import count, day, listing


@dataclass(frozen=True)
class MeetingYear:
    """How the meetings of an agreement year stand on a day, by what is recorded; a joint meeting is one meeting."""

    first: date
    last: date
    required: int
    #: Held within the year.
    held: int
    #: The days within the year that are planned and not recorded as held.
    planned: tuple[date, ...]
    #: The day on which it stands so.
    on: date
    closures: Closures = NO_CLOSURES

    @cached_property
    def scheduled(self) -> tuple[date, ...]:
        """The planned days that are still to come; today is one of them."""
        return tuple(planned for planned in self.planned if planned >= self.on)

    @property
    def unrecorded(self) -> tuple[date, ...]:
        """The planned days that have passed without being recorded as held."""
        return tuple(planned for planned in self.planned if planned < self.on)

    @property
    def missing(self) -> int:
        """How many have to be held yet, scheduled or not."""
        return max(0, self.required - self.held)

    @property
    def needed(self) -> int:
        """How many have to be held yet and are not even scheduled."""
        return max(0, self.missing - len(self.scheduled))

    @property
    def pace_on(self) -> date:
        """The day in the middle of the year by which the first meeting should have been held: an office target."""
        return self.first + (self.last - self.first) * meetings_pace_percent(self.first) // 100

    @cached_property
    def next_by(self) -> date | None:
        """The last working day for the next meeting, so that the remaining ones still fit apart from each other.

        An office target. None when nothing is missing, or the year is over.
        """
        if not self.missing or self.on > self.last:
            return None
        return self._last_with(self.missing - 1)

    @cached_property
    def undated_followed_by(self) -> int | None:
        """How many of the missing meetings come after the first one that has no date yet; None where each has one.

        The scheduled ones are counted where they stand in time: one that is early enough is the next.
        """
        if not self.needed:
            return None
        scheduled = iter(self.scheduled)
        following = range(self.missing - 1, -1, -1)
        return next(after for after in following if next(scheduled, date.max) > self._last_with(after))

    @cached_property
    def undated_by(self) -> date | None:
        """The last working day for the first meeting that has no date yet; an office target as `next_by` is."""
        after = self.undated_followed_by
        if after is None or self.next_by is None:
            return None
        return self._last_with(after)

    def _last_with(self, after: int) -> date:
        """Give the last working day for a meeting that so many follow, each with its distance kept free."""
        return on_or_before(self.last - timedelta(days=after * meetings_apart_days(self.first)), self.closures)

    @cached_property
    def risk(self) -> str | None:
        """Why the year can no longer fit its meetings comfortably; None while it can, or when it is over."""
        next_by = self.next_by
        if next_by is None:
            return None
        if not self.held and self.on > self.pace_on:
            return f"no meeting was held by the pace date, {day(self.pace_on)}"
        left = (self.last - self.on).days
        if left < self.needed * meetings_apart_days(self.first):
            return f"{count(left, 'day')} left, and {count(self.needed, 'meeting')} not scheduled"
        if self.on > next_by:
            return f"the next meeting was needed by {day(next_by)}"
        return None


def meeting_words(year: MeetingYear) -> str:
    """Say how the meetings stand, as in "1 of 2 meetings held, none scheduled, 1 still needed, the next by ..."."""
    return ", ".join(_parts(year))


def _parts(year: MeetingYear) -> Iterator[str]:
    yield held_words(year)
    if year.missing and year.on > year.last:
        yield f"{year.missing} missing"
    elif year.missing:
        yield scheduled_words(year)
        yield f"{year.needed or 'none'} still needed"
        if year.undated_by is not None:
            first = "the next" if not year.scheduled else "that one" if year.needed == 1 else "the first of them"
            yield f"{first} {'was needed by' if year.on > year.undated_by else 'by'} {day(year.undated_by)}"
    if year.missing and year.unrecorded:
        yield f"planned for {listing(map(day, year.unrecorded))} and not recorded as held"


def held_words(year: MeetingYear) -> str:
    """Say how many were held, as in "1 of 2 meetings held"."""
    return f"{year.held} of {count(year.required, 'meeting')} held"


def scheduled_words(year: MeetingYear) -> str:
    """Say what is scheduled, as in "1 scheduled for March 3, 2027" or "none scheduled"."""
    if not year.scheduled:
        return "none scheduled"
    return f"{len(year.scheduled)} scheduled for {listing(map(day, year.scheduled))}"
