"""Offices are reminded on federal working days; what was missed is made up for once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import is_working_day
from policy.sending_times import DEFAULT_SCHEDULE, next_look, sends_now

NEW_YORK = "America/New_York"


def at(text: str) -> datetime:
    """Return a time in New York as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


@pytest.mark.parametrize(
    ("line", "ran_until", "now", "sends"),
    [
        (DEFAULT_SCHEDULE, "2026-11-23T08:00", "2026-11-23T08:59", False),
        (DEFAULT_SCHEDULE, "2026-11-23T08:00", "2026-11-23T09:00", True),
        (DEFAULT_SCHEDULE, "2026-11-23T09:00", "2026-11-23T17:00", False),
        # Thanksgiving, a Thursday: its tick is not for that day, and Friday's takes its place.
        (DEFAULT_SCHEDULE, "2026-11-25T09:00", "2026-11-26T12:00", False),
        (DEFAULT_SCHEDULE, "2026-11-25T09:00", "2026-11-27T08:59", False),
        (DEFAULT_SCHEDULE, "2026-11-25T09:00", "2026-11-27T09:00", True),
        # Down since Friday, up on Monday at eight: not before nine.
        (DEFAULT_SCHEDULE, "2026-11-19T09:00", "2026-11-23T08:00", False),
        # Mondays only: missed on Monday, made up for on Wednesday once it is nine.
        ("0 9 * * 1", "2026-11-16T09:00", "2026-11-25T08:00", False),
        ("0 9 * * 1", "2026-11-16T09:00", "2026-11-25T10:00", True),
        ("0 9 * * 1", "2026-11-25T10:00", "2026-11-25T11:00", False),
        # Every day of the week: Saturday's is sent on Monday.
        ("0 9 * * *", "2026-11-20T09:00", "2026-11-21T10:00", False),
        ("0 9 * * *", "2026-11-20T09:00", "2026-11-23T09:00", True),
        # A month later, on a Wednesday afternoon: at once.
        (DEFAULT_SCHEDULE, "2026-11-23T09:00", "2026-12-23T15:00", True),
    ],
)
def test_sends(line, ran_until, now, sends):
    """Cases that a person can check with a calendar."""
    assert sends_now(line, NEW_YORK, at(ran_until), at(now)) is sends


def test_closure_is_no_working_day():
    """A federal closure counts as a holiday."""
    closures = frozenset({date(2026, 11, 23)})
    before = at("2026-11-20T09:00")
    assert not sends_now(DEFAULT_SCHEDULE, NEW_YORK, before, at("2026-11-23T10:00"), closures)
    assert sends_now(DEFAULT_SCHEDULE, NEW_YORK, before, at("2026-11-24T09:00"), closures)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
lines = st.sampled_from([DEFAULT_SCHEDULE, "0 9 * * *", "30 16 * * 1", "0 8 1 * *", "30 1 * * *", "0 9,15 * * *"])


@given(lines, moments, st.timedeltas(timedelta(), timedelta(days=60)))
def test_only_on_working_days(line, start, gap):
    """Nothing is sent on a weekend or federal holiday."""
    now = start + gap
    if sends_now(line, NEW_YORK, start, now):
        assert is_working_day(now.astimezone(ZoneInfo(NEW_YORK)).date())
        assert not sends_now(line, NEW_YORK, now, now), "and not again"


@given(lines, moments, st.timedeltas(timedelta(), timedelta(days=60)))
def test_next_look_misses_nothing(line, start, gap):
    """Who follows `next_look` sends at the same moment as who looks every five minutes."""
    now = start + gap
    patient = now
    for _ in range(50):
        if sends_now(line, NEW_YORK, start, patient):
            break
        following = next_look(line, NEW_YORK, start, patient)
        assert following > patient
        assert not sends_now(line, NEW_YORK, start, following - timedelta(microseconds=1))
        patient = following
    else:
        raise AssertionError("it never sends")
    assert patient - now <= timedelta(days=45)
