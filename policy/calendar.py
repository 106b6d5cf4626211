"""Federal working days: Monday to Friday without the federal holidays and one-off closures.

Inauguration Day is a holiday only for federal offices in the Washington, DC, area, so it is not counted here
(5 U.S.C. 6103(c)). A closure that the President or an office declares is passed in as an extra closure.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

Closures = frozenset[date]

NO_CLOSURES: Closures = frozenset()

_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=256)
def federal_holidays(year: int) -> dict[date, str]:
    """Give the federal holidays of a calendar year with their names, as observed, by date."""
    # December 31 included, when New Year's Day of the next year is a Saturday.
    found = holidays.country_holidays("US", years=year, observed=True)
    return {day: name for day, name in found.items() if day.year == year}


def holiday(day: date, closures: Closures = NO_CLOSURES) -> str | None:
    """Name the federal holiday or closure of a day; None for any other day, weekends included."""
    return federal_holidays(day.year).get(day) or ("federal closure" if day in closures else None)


def is_working_day(day: date, closures: Closures = NO_CLOSURES) -> bool:
    """Whether federal offices are open on a day."""
    return day.weekday() < _SATURDAY and day not in closures and day not in federal_holidays(day.year)


@lru_cache(maxsize=65_536)
def on_or_before(day: date, closures: Closures = NO_CLOSURES) -> date:
    """Give the last working day on or before a day."""
    while not is_working_day(day, closures):
        day -= _DAY
    return day


@lru_cache(maxsize=65_536)
def on_or_after(day: date, closures: Closures = NO_CLOSURES) -> date:
    """Give the first working day on or after a day."""
    while not is_working_day(day, closures):
        day += _DAY
    return day


@lru_cache(maxsize=65_536)
def add_working_days(day: date, working_days: int, closures: Closures = NO_CLOSURES) -> date:
    """Count working days from a day, which itself is not counted; a negative number counts back."""
    step = _DAY if working_days >= 0 else -_DAY
    left = abs(working_days)
    while left:
        day += step
        left -= is_working_day(day, closures)
    return day
