"""A cron line fires on the wall clock: once for each of its times, however the clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.ticks import BadScheduleError, check_expression, due_tick, next_tick

NEW_YORK = "America/New_York"
#: The zones of the United States, with and without a change of clocks.
ZONES = [
    NEW_YORK,
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Pacific/Guam",
    "America/Puerto_Rico",
]

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
daily = st.builds("{1} {0} * * *".format, st.integers(0, 23), st.integers(0, 59))
lines = st.one_of(
    daily,
    st.sampled_from(["0 9 * * 1-5", "20 * * * *", "30 1,2,3 * * *", "0 0 1 * *", "15 9-17/2 * * mon,fri", "0 9 1 * 1"]),
)


def at(text: str, zone: str = NEW_YORK) -> datetime:
    """Return a local time as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def walk(line: str, zone: str, start: datetime, steps: list[timedelta]) -> list[datetime]:
    """Look at the line now and then as a clock does; return what fired."""
    fired, now, ran_until = [], start, start
    for step in steps:
        now += step
        tick = due_tick(line, zone, ran_until, now)
        if tick is not None:
            fired.append(tick)
            ran_until = now
    return fired


steps = st.lists(
    st.one_of(
        st.timedeltas(timedelta(), timedelta(minutes=90)),
        st.timedeltas(timedelta(hours=1), timedelta(days=40)),
    ),
    max_size=60,
)


@given(lines, zones, moments, steps)
def test_no_tick_fires_twice(line, zone, start, steps):
    """However irregularly the clock looks, ticks come in order, after the start, and never twice."""
    fired = walk(line, zone, start, steps)
    assert fired == sorted(set(fired))
    assert all(tick > start for tick in fired)


@given(daily, zones, moments, steps)
def test_daily_line_fires_at_most_once_a_local_day(line, zone, start, steps):
    """A daily line never fires twice on one local day, changes of the clocks included."""
    days = [tick.astimezone(ZoneInfo(zone)).date() for tick in walk(line, zone, start, steps)]
    assert len(days) == len(set(days))


@given(daily, zones, st.dates(datetime(2024, 1, 1).date(), datetime(2029, 12, 1).date()))  # noqa: DTZ001
def test_daily_line_fires_on_every_local_day(line, zone, day):
    """Looked at each quarter of an hour, a daily line fires once on each of eight days."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
    fired = walk(line, zone, start, [timedelta(minutes=15)] * (8 * 96 + 5))
    days = [tick.astimezone(ZoneInfo(zone)).date() for tick in fired]
    assert set(days[:8]) == {day + timedelta(days=n) for n in range(8)}


@given(lines, zones, moments)
def test_standing_clock_fires_never_again(line, zone, now):
    """After what is due was dealt with, nothing is due at the same moment."""
    assert due_tick(line, zone, now, now) is None
    assert next_tick(line, zone, now) > now


@given(lines, zones, moments, st.timedeltas(timedelta(days=20), timedelta(days=200)))
def test_jump_fires_the_latest_once(line, zone, start, jump):
    """After a jump, one tick is due: no other lies between it and now."""
    now = start + jump
    tick = due_tick(line, zone, start, now)
    if tick is None:
        assert next_tick(line, zone, start) > now
        return
    assert start < tick <= now
    assert due_tick(line, zone, tick, now) is None
    assert due_tick(line, zone, now, now) is None


@given(lines, zones, moments)
def test_next_is_due_when_it_comes(line, zone, now):
    """The next tick is due at its moment and not before."""
    tick = next_tick(line, zone, now)
    assert due_tick(line, zone, now, tick) == tick
    assert due_tick(line, zone, now, tick - timedelta(microseconds=1)) is None


@pytest.mark.parametrize(
    ("line", "ran_until", "now", "due"),
    [
        # Set back on 2026-11-01: half past one comes twice and fires the first time.
        ("30 1 * * *", "2026-10-31T12:00", "2026-11-01T01:30", at("2026-11-01T01:30")),
        ("30 1 * * *", "2026-11-01T01:30", "2026-11-01T03:00", None),
        ("0 9 * * 1-5", "2026-11-02T08:59", "2026-11-02T09:00", at("2026-11-02T09:00")),
        # Set forward on 2026-03-08: half past two is skipped and fires an hour later on the clock's face.
        ("30 2 * * *", "2026-03-07T12:00", "2026-03-08T03:29", None),
        ("30 2 * * *", "2026-03-07T12:00", "2026-03-08T03:30", at("2026-03-08T03:30")),
        ("30 2 * * *", "2026-03-08T03:30", "2026-03-09T02:29", None),
        # A weekend without ticks, a month that was slept through.
        ("0 9 * * 1-5", "2026-11-20T09:00", "2026-11-23T08:59", None),
        ("0 9 * * 1-5", "2026-11-23T09:00", "2026-12-23T12:00", at("2026-12-23T09:00")),
        ("0 0 29 2 *", "2026-01-01T00:00", "2028-03-01T00:00", at("2028-02-29T00:00")),
    ],
)
def test_due(line, ran_until, now, due):
    """Cases that a person can check with a calendar."""
    assert due_tick(line, NEW_YORK, at(ran_until), at(now)) == due


def test_second_passing_of_the_hour_finds_what_passed_in_the_first():
    """At ten past one for the second time, the half past one of the first time is due, if nobody saw it."""
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert due_tick("30 1 * * *", NEW_YORK, datetime(2026, 11, 1, 4, 0, tzinfo=UTC), second) == first


def test_next_tick_knows_what_was_skipped():
    """At ten past three, the half past two that was skipped is still to come."""
    assert next_tick("30 2 * * *", NEW_YORK, at("2026-03-08T03:10")) == at("2026-03-08T03:30")


def test_first_sight_begins_with_today():
    """A line seen for the first time is due for today, its midnight included, never for yesterday."""
    assert due_tick("0 9 * * *", NEW_YORK, None, at("2026-11-23T17:00")) == at("2026-11-23T09:00")
    assert due_tick("0 0 * * *", NEW_YORK, None, at("2026-11-23T00:00")) == at("2026-11-23T00:00")
    assert due_tick("0 9 * * *", NEW_YORK, None, at("2026-11-23T08:00")) is None


@pytest.mark.parametrize("line", ["0 9 * * 1-5", "15 8-17 1,15 jan-jun MON", "0 0 29 2 *", "5 0 * * 7"])
def test_plain_lines_are_taken(line):
    """Five plain fields with names, lists, ranges and steps are a schedule."""
    assert check_expression(line) == line


@pytest.mark.parametrize(
    "line",
    [
        *("", "x", "@daily", "0 9 * *", "* * * * * *", "R 9 * * *", "H 9 * * *", "h 9 * * *", "61 * * * *"),
        *("0 9 L * *", "0 9 15W * *", "0 9 * * 1#1", "0 9 * * L5", "0 9 * * 5l", "0 9 ? * 1", "0 0 30 2 *"),
        "*/0 9 * * *",
    ],
)
def test_other_lines_are_refused_with_a_sentence(line):
    """What another program would read in another way, or what never fires, is refused."""
    with pytest.raises(BadScheduleError, match=r"^“.*” (is not a schedule|names no moment)"):
        check_expression(line)


@pytest.mark.parametrize("line", ["* 9 * * *", "*/15 9 * * 1-5", "0,30 9 * * *", "0-5 9 * * 1", "*/59 * * * *"])
def test_a_line_that_fires_twice_within_an_hour_is_refused(line):
    """One message a day is folded: a slip such as a star for the minute is told at once."""
    with pytest.raises(BadScheduleError, match=r"^“.*” fires more than once within an hour"):
        check_expression(line)
