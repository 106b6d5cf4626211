"""Federal working days, by table."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import (
    add_working_days,
    federal_holidays,
    holiday,
    is_working_day,
    on_or_after,
    on_or_before,
)

DAYS = st.dates(date(2002, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 1, 19), "Martin Luther King Jr. Day"),
        (date(2026, 2, 16), "Washington's Birthday"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 6, 19), "Juneteenth National Independence Day"),
        (date(2026, 7, 3), "Independence Day (observed)"),
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 10, 12), "Columbus Day"),
        (date(2026, 11, 11), "Veterans Day"),
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2021, 12, 31), "New Year's Day (observed)"),
        (date(2022, 12, 26), "Christmas Day (observed)"),
        (date(2021, 6, 18), "Juneteenth National Independence Day (observed)"),
        # Signed into law on June 17, 2021, so not in 2020.
        (date(2020, 6, 19), None),
        # Inauguration Day 2029 is a Saturday, 2033 a Thursday; only Washington, DC, offices close.
        (date(2033, 1, 20), None),
        # State holidays and the days around Thanksgiving and Christmas are working days.
        (date(2026, 11, 27), None),
        (date(2026, 12, 24), None),
        (date(2026, 11, 23), None),
    ],
)
def test_holidays(day, name):
    """The federal holidays, moved from Saturday to Friday and from Sunday to Monday."""
    assert holiday(day) == name
    assert is_working_day(day) == (name is None)


def test_there_are_eleven_holidays_on_working_days():
    """2026 has the eleven holidays of 5 U.S.C. 6103 on weekdays."""
    assert len([day for day in federal_holidays(2026) if day.weekday() < 5]) == 11


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 21), date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 7, 4), date(2026, 7, 2), date(2026, 7, 6)),
        (date(2026, 7, 3), date(2026, 7, 2), date(2026, 7, 6)),
        (date(2022, 1, 1), date(2021, 12, 30), date(2022, 1, 3)),
        (date(2026, 11, 26), date(2026, 11, 25), date(2026, 11, 27)),
    ],
)
def test_working_day_around(day, before, after):
    """The last working day on or before a day, and the first on or after it."""
    assert (on_or_before(day), on_or_after(day)) == (before, after)


def test_a_closure_is_no_working_day():
    """An extra closure counts like a holiday, and says so."""
    closures = frozenset({date(2026, 12, 24)})
    assert holiday(date(2026, 12, 24), closures) == "federal closure"
    assert on_or_before(date(2026, 12, 25), closures) == date(2026, 12, 23)
    assert on_or_after(date(2026, 12, 24), closures) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 10, date(2026, 12, 8)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 7, 2), 1, date(2026, 7, 6)),
        (date(2026, 12, 7), -5, date(2026, 11, 30)),
        (date(2026, 7, 6), -1, date(2026, 7, 2)),
    ],
)
def test_add_working_days(start, days, end):
    """Working days are counted without the first one, across weekends and holidays, forward and back."""
    assert add_working_days(start, days) == end


@given(DAYS)
def test_working_day_around_any_day(day):
    """Both are working days, on their side of the day, and the same on a working day; never far."""
    before, after = on_or_before(day), on_or_after(day)
    assert is_working_day(before)
    assert is_working_day(after)
    assert before <= day <= after
    assert (after - before).days <= 5
    assert is_working_day(day) == (before == day == after)


@given(DAYS, st.integers(1, 40))
def test_adding_and_taking_away(day, count):
    """From a working day, adding and taking away the same number returns to it."""
    start = on_or_after(day)
    assert add_working_days(add_working_days(start, count), -count) == start
