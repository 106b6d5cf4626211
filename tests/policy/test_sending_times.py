"""Offices are reminded on federal working days; what was missed is made up for once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import is_working_day
from policy.sending_times import (
    DEFAULT_SCHEDULE,
    DEFAULT_WINDOW,
    Window,
    held_until,
    next_look,
    read_minutes,
    sends_now,
    stretched,
    write_minutes,
)

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
        # Owed at nine, found at ten in the evening or before seven: not outside the hours.
        (DEFAULT_SCHEDULE, "2026-11-20T09:00", "2026-11-23T22:00", False),
        (DEFAULT_SCHEDULE, "2026-11-20T09:00", "2026-11-24T06:59", False),
        (DEFAULT_SCHEDULE, "2026-11-20T09:00", "2026-11-24T07:00", False),
        (DEFAULT_SCHEDULE, "2026-11-20T09:00", "2026-11-24T09:00", True),
        ("0 9 * * 1", "2026-11-16T09:00", "2026-11-24T07:00", False),
        ("0 7 * * 1", "2026-11-16T09:00", "2026-11-24T07:00", True),
        # A schedule outside the hours has the hour after it, and the hours between.
        ("30 5 * * *", "2026-11-23T05:29", "2026-11-23T05:29", False),
        ("30 5 * * *", "2026-11-23T05:29", "2026-11-23T05:30", True),
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
windows = st.builds(
    lambda begins, minutes: Window(begins, min(begins + minutes, 24 * 60)),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60),
)
#: Of every place with clocks that are set, some of them at midnight, one by half an hour.
zones = st.sampled_from(
    [NEW_YORK, "Pacific/Guam", "America/Adak", "Australia/Lord_Howe", "America/Asuncion", "Africa/Cairo", "UTC"]
)
closures = st.frozensets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=5)


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("2026-11-23T06:59", "2026-11-23T07:00"),
        ("2026-11-23T07:00", None),
        ("2026-11-23T18:59", None),
        ("2026-11-23T19:00", "2026-11-24T07:00"),
        # Saturday, and the evening before Thanksgiving.
        ("2026-11-21T12:00", "2026-11-23T07:00"),
        ("2026-11-25T19:30", "2026-11-27T07:00"),
    ],
)
def test_held_until(now, held):
    """Cases that a person can check with a calendar."""
    assert held_until(at(now), NEW_YORK) == (held and at(held))


@given(moments, zones, windows, closures)
def test_what_is_held_goes_out_when_the_window_opens(now, timezone, window, closed):
    """The moment is a later one inside the window on a working day, and nothing just before it is."""
    held = held_until(now, timezone, window, closed)
    zone = ZoneInfo(timezone)
    if held is None:
        assert is_working_day(now.astimezone(zone).date(), closed)
    else:
        assert held > now
        assert held_until(held, timezone, window, closed) is None
        assert held_until(held - timedelta(microseconds=1), timezone, window, closed) == held


@given(moments, windows)
def test_the_hours_are_those_of_the_wall_clock(now, window):
    """New York sets its clocks on Sundays only: on a working day the wall clock alone decides."""
    local = now.astimezone(ZoneInfo(NEW_YORK))
    inside = is_working_day(local.date()) and local.hour * 60 + local.minute in window
    assert (held_until(now, NEW_YORK, window) is None) is inside


@given(st.integers(0, 24 * 60))
def test_a_time_of_day_is_read_as_it_is_written(minutes):
    """Every minute up to midnight, which ends a day as 24:00."""
    assert read_minutes(write_minutes(minutes)) == minutes


@pytest.mark.parametrize("text", ["7", "24:01", "25:00", "07:60", "7 a.m.", "", "\u0660\u0667:00"])
def test_what_is_no_time_of_day_is_refused(text):
    """The sentence shows how to write one."""
    with pytest.raises(ValueError, match="write hours and minutes, such as 07:00"):
        read_minutes(text)


@given(windows, lines)
def test_no_schedule_is_left_out_of_its_window(window, line):
    """Each of its times is in, with the hour after it, and nothing that was in is out."""
    wide = stretched(window, line)
    assert wide.begins <= window.begins < window.ends <= wide.ends
    assert stretched(wide, line) == wide
    assert stretched(Window(600, 600), line) == stretched(DEFAULT_WINDOW, line)


@given(lines, moments, st.timedeltas(timedelta(), timedelta(days=60)), windows)
def test_nothing_is_sent_outside_the_hours(line, start, gap, window):
    """Whenever the clock finds something owed."""
    now = start + gap
    if sends_now(line, NEW_YORK, start, now, window=window):
        assert held_until(now, NEW_YORK, stretched(window, line)) is None


@given(lines, moments, st.timedeltas(timedelta(), timedelta(days=60)))
def test_only_on_working_days(line, start, gap):
    """Nothing is sent on a weekend or federal holiday."""
    now = start + gap
    if sends_now(line, NEW_YORK, start, now):
        assert is_working_day(now.astimezone(ZoneInfo(NEW_YORK)).date())
        assert not sends_now(line, NEW_YORK, now, now), "and not again"


@given(lines, moments, st.timedeltas(timedelta(), timedelta(days=60)), windows)
def test_next_look_misses_nothing(line, start, gap, window):
    """Who follows `next_look` sends at the same moment as who looks every five minutes."""
    now = start + gap
    patient = now
    for _ in range(50):
        if sends_now(line, NEW_YORK, start, patient, window=window):
            break
        following = next_look(line, NEW_YORK, start, patient, window=window)
        assert following > patient
        assert not sends_now(line, NEW_YORK, start, following - timedelta(microseconds=1), window=window)
        patient = following
    else:
        raise AssertionError("it never sends")
    assert patient - now <= timedelta(days=45)
