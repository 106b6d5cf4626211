"""Anniversaries, terms, editions and states."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.dates import State, add_months, add_years, state_on, terms_of, timeline, year_of
from policy.editions import edition_on
from policy.facts import Agreement, Ending, EndingKind, Facts, Level, Recommendation, RenewalDecision

SIGNED = st.dates(date(2002, 1, 1), date(2040, 12, 31))


def alliance(*agreements: Agreement, **more: object) -> Facts:
    """Make the facts of an area alliance tracked from its beginning."""
    return Facts(
        id=1,
        name="Example",
        level=Level.AREA,
        offices=("0418800",),
        tracked_from=date(2000, 1, 1),
        agreements=agreements,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 76, date(2100, 2, 28)),
        (date(2024, 2, 28), 1, date(2025, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 3, 1)),
        (date(2025, 12, 31), 2, date(2027, 12, 31)),
        (date(2024, 2, 29), 0, date(2024, 2, 29)),
    ],
)
def test_add_years(day, years, then):
    """Same month and day; February 29 becomes February 28 in a common year and comes back in a leap year."""
    assert add_years(day, years) == then


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 3, 10), 1, date(2026, 4, 10)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 10), 0, date(2026, 3, 10)),
    ],
)
def test_add_months(day, months, then):
    """The same day of a later month, or that month's last day when it is shorter."""
    assert add_months(day, months) == then


@given(SIGNED, st.integers(0, 9000), st.none() | st.integers(1, 4000))
def test_every_day_lies_in_one_agreement_year(signed_on, age, anchored_after):
    """The year of a day holds it, and is the one that was opened for it, around a new anchor too."""
    anchored_on = None if anchored_after is None else signed_on + timedelta(days=anchored_after)
    facts = alliance(Agreement(1, signed_on, term_years=99), anchored_on=anchored_on)
    day = signed_on + timedelta(days=age)
    year = year_of(facts, signed_on, day)
    assert year is not None
    assert day in year
    assert all(y.period == year for y in timeline(facts, day).years if day in y.period)
    assert year_of(facts, signed_on, signed_on - timedelta(days=1)) is None


@given(SIGNED, st.integers(0, 40))
def test_anniversaries_rise(signed_on, years):
    """Each anniversary lies 365 or 366 days after the one before, in the next calendar year."""
    first, second = add_years(signed_on, years), add_years(signed_on, years + 1)
    assert second.year == first.year + 1
    assert (second - first).days in {365, 366}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2010, 1, 1), "CSP 04-01-002"),
        (date(2015, 7, 28), "CSP 04-01-002"),
        (date(2015, 7, 29), "CSP 04-01-002"),
        (date(2020, 3, 3), "CSP 04-01-002"),
        (date(2020, 3, 4), "CSP 04-01-003"),
        (date(2026, 11, 23), "CSP 04-01-003"),
    ],
)
def test_edition(day, name):
    """The edition is that of the signing day; what is older is read under the oldest."""
    assert edition_on(day).name == name


def test_terms():
    """Initial agreements run two years; renewals as recorded, or the default of their edition, assumed."""
    terms = terms_of(
        alliance(
            Agreement(3, date(2020, 3, 4), renewal=True),
            Agreement(1, date(2016, 3, 4)),
            Agreement(2, date(2018, 3, 4), renewal=True),
            Agreement(4, date(2025, 3, 4), renewal=True, term_years=3),
        )
    )
    assert [(t.signed_on.year, t.years, t.assumed, t.expires_on) for t in terms] == [
        (2016, 2, False, date(2018, 3, 4)),
        (2018, 2, True, date(2020, 3, 4)),
        (2020, 5, True, date(2025, 3, 4)),
        (2025, 3, False, date(2028, 3, 4)),
    ]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2021, 12, 31), State.PROPOSED),
        (date(2022, 1, 1), State.ACTIVE),
        (date(2024, 1, 1), State.ACTIVE),
        (date(2024, 1, 2), State.PAST_DUE),
        (date(2024, 12, 31), State.PAST_DUE),
        (date(2025, 1, 1), State.LAPSED),
        (date(2026, 3, 1), State.ACTIVE),
        (date(2026, 6, 1), State.CONCLUDED),
        (date(2030, 1, 1), State.CONCLUDED),
    ],
)
def test_state_of_a_life(day, state):
    """Proposed, active through the day of expiry, past-due for 365 days, lapsed, active again, concluded."""
    facts = alliance(
        Agreement(1, date(2022, 1, 1)),
        Agreement(2, date(2026, 3, 1), renewal=True),
        ending=Ending(EndingKind.CONCLUDED, date(2026, 6, 1), "goals met"),
    )
    assert state_on(facts, day) == state


def test_a_decided_renewal_starts_no_term():
    """Until the renewal is signed the alliance is past-due, whatever was decided."""
    facts = alliance(
        Agreement(1, date(2022, 1, 1)),
        decisions=(RenewalDecision(1, 1, Recommendation.RENEW, date(2023, 12, 1), date(2023, 12, 5)),),
    )
    assert state_on(facts, date(2024, 1, 2)) is State.PAST_DUE


def test_two_extensions_follow_each_other():
    """Each conditional extension counts from the day it was decided; the longest wins."""
    facts = alliance(
        Agreement(1, date(2022, 1, 1)),
        decisions=(
            RenewalDecision(1, 1, Recommendation.EXTEND, date(2024, 3, 1), date(2024, 3, 5), date(2024, 6, 30)),
            RenewalDecision(2, 1, Recommendation.EXTEND, date(2023, 12, 1), date(2023, 12, 5), date(2024, 2, 29)),
        ),
    )
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 5), date(2024, 6, 30), date(2024, 7, 1)]
    assert [state_on(facts, day) for day in days] == [
        State.ACTIVE,
        State.PAST_DUE,
        State.ACTIVE,
        State.ACTIVE,
        State.PAST_DUE,
    ]


def test_agreement_years_are_numbered_from_the_signing():
    """Year 0 begins on the signing day; a new anchor goes on counting."""
    facts = alliance(
        Agreement(1, date(2020, 6, 20)),
        Agreement(2, date(2022, 9, 10), renewal=True),
        anchored_on=date(2022, 9, 10),
    )
    years = timeline(facts, date(2023, 10, 1)).years
    assert [(y.number, y.first) for y in years] == [
        (0, date(2020, 6, 20)),
        (1, date(2021, 6, 20)),
        (2, date(2022, 6, 20)),
        (3, date(2022, 9, 10)),
        (4, date(2023, 9, 10)),
    ]


@given(SIGNED, st.lists(st.integers(1, 3000), max_size=4), st.integers(0, 9000))
def test_years_follow_each_other(signed_on, gaps, age):
    """Opened years never overlap, have begun, and each last day is the day before an anniversary."""
    agreements = [Agreement(1, signed_on)]
    for number, gap in enumerate(gaps, start=2):
        agreements.append(Agreement(number, agreements[-1].signed_on + timedelta(days=gap), renewal=True))
    today = signed_on + timedelta(days=age)
    years = timeline(alliance(*agreements).as_of(today), today).years
    for year in years:
        assert year.first <= today
        assert year.anniversary == add_years(signed_on, year.number + 1)
    assert all(a.last < b.first for a, b in pairwise(years))
