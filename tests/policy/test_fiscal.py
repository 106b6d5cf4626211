"""The fiscal year and its parts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.duties import Period
from policy.fiscal import fiscal_name, fiscal_year, half_year, quarter

DAYS = st.dates(date(2002, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "first", "last", "name"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31), "quarter 1 of fiscal year 2027"),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31), "quarter 1 of fiscal year 2027"),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 3, 31), "quarter 2 of fiscal year 2027"),
        (date(2027, 6, 30), date(2027, 4, 1), date(2027, 6, 30), "quarter 3 of fiscal year 2027"),
        (date(2027, 9, 30), date(2027, 7, 1), date(2027, 9, 30), "quarter 4 of fiscal year 2027"),
    ],
)
def test_quarters(day, first, last, name):
    """The first quarter of a fiscal year begins on October 1 of the calendar year before."""
    assert quarter(day) == Period(first, last)
    assert fiscal_name(quarter(day)) == name


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 9, 30)),
    ],
)
def test_halves(day, last):
    """The halves end on March 31 and September 30."""
    assert half_year(day).last == last


def test_the_fiscal_year_is_named_by_its_end():
    """October 1 opens the fiscal year of the next calendar year."""
    assert fiscal_year(date(2026, 10, 1)) == Period(date(2026, 10, 1), date(2027, 9, 30))
    assert fiscal_name(fiscal_year(date(2026, 9, 30))) == "fiscal year 2026"
    assert fiscal_name(fiscal_year(date(2026, 10, 1))) == "fiscal year 2027"


@given(DAYS, st.sampled_from([fiscal_year, half_year, quarter]))
def test_parts_follow_each_other(day, part):
    """Every day lies in its part, the next part begins the day after, and each lies in one fiscal year."""
    found = part(day)
    assert day in found
    assert part(found.last + timedelta(days=1)).first == found.last + timedelta(days=1)
    assert fiscal_year(found.first) == fiscal_year(found.last)
