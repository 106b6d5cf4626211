"""The fiscal year (October 1 to September 30), its halves and quarters, and those in which an alliance runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from policy.dates import RUNNING, Timeline, add_months, state_on
from policy.duties import Period
from policy.facts import Facts

_DAY = timedelta(days=1)
_OCTOBER = 10
#: The latest duty of a span falls due some 60 days after it; older spans are not looked at.
_LOOK_BACK = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a fiscal period from an alliance's first day in it to the period's last day."""

    period: Period
    #: Whether the alliance was there from the period's first day on.
    whole: bool
    #: The day on which the alliance ended within it; None for a finished or running one.
    ended_on: date | None


def fiscal_year(day: date) -> Period:
    """Give the fiscal year that holds a day: October 1 to September 30."""
    return _part(day, 12)


def half_year(day: date) -> Period:
    """Give the half of the fiscal year that holds a day: it ends on March 31 or September 30."""
    return _part(day, 6)


def quarter(day: date) -> Period:
    """Give the quarter of the fiscal year that holds a day: it ends in December, March, June or September."""
    return _part(day, 3)


def fiscal_name(period: Period) -> str:
    """Name a fiscal year or quarter, as in "fiscal year 2027" or "quarter 1 of fiscal year 2027"."""
    year = period.last.year + (period.last.month >= _OCTOBER)
    if period == fiscal_year(period.first):
        return f"fiscal year {year}"
    return f"quarter {(period.first.month - _OCTOBER) % 12 // 3 + 1} of fiscal year {year}"


def spans(facts: Facts, timeline: Timeline, today: date, of: Callable[[date], Period], since: date) -> Iterator[Span]:
    """Give the periods that end on or after a day and have begun by `today`, in which the alliance runs.

    As with agreement years, a period is opened when the alliance is active or past-due on its second day; in
    the period of the original signing the count begins with the signing.
    """
    if not timeline.terms:
        return
    signed_on = timeline.terms[0].signed_on
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    period = of(max(signed_on, since, facts.tracked_from - _LOOK_BACK))
    while period.first <= today:
        first = max(period.first, signed_on)
        if first < period.last and state_on(facts, first + _DAY) in RUNNING:
            within = ended_on is not None and first <= ended_on <= period.last
            yield Span(Period(first, period.last), first == period.first, ended_on if within else None)
        period = of(period.last + _DAY)


def _part(day: date, months: int) -> Period:
    start = date(day.year if day.month >= _OCTOBER else day.year - 1, _OCTOBER, 1)
    passed = (day.year - start.year) * 12 + day.month - start.month
    first = add_months(start, passed // months * months)
    return Period(first, add_months(first, months) - _DAY)
