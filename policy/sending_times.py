"""When an office is reminded: its cron line, on federal working days and within its hours only.

A tick on a weekend or holiday, or one missed while nothing ran, stays owed until the same time of day on the
first working day that comes; of several the latest counts, so that what was missed is caught up once. Nothing new
is posted outside the hours, whatever made it late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from policy.calendar import NO_CLOSURES, Closures, is_working_day, on_or_after
from policy.ticks import due_tick, next_tick, times_of_day
from policy.words import clock

#: At nine in the morning from Monday to Friday.
DEFAULT_SCHEDULE = "0 9 * * 1-5"

_HOUR, _DAY = 60, 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])|(24):(00)")


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of the local clock in which something new may be posted: minutes after midnight, the last excluded."""

    begins: int = 7 * _HOUR
    ends: int = 19 * _HOUR

    def __str__(self) -> str:
        return f"{say_minutes(self.begins)} to {say_minutes(self.ends)}"

    def __contains__(self, minutes: int) -> bool:
        return self.begins <= minutes < self.ends


DEFAULT_WINDOW = Window()


def read_minutes(text: str) -> int:
    """Read a time of day such as 07:00, up to 24:00, as minutes after midnight.

    Raises:
        ValueError: It is none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text}” is no time of day; write hours and minutes, such as 07:00")
    hours, minutes = (part for part in found.groups() if part is not None)
    return _HOUR * int(hours) + int(minutes)


def write_minutes(minutes: int) -> str:
    """Write minutes after midnight as a time of day, as in "07:00"."""
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


def say_minutes(minutes: int) -> str:
    """Write minutes after midnight as a sentence does, as in "7:00 AM"."""
    return "midnight" if minutes == _DAY else clock(time(*divmod(minutes, _HOUR)))


@lru_cache(maxsize=1024)
def stretched(window: Window, schedule: str) -> Window:
    """Give the window with an hour after each time of a cron line in it, so that no office is silent for ever.

    One that ends before it begins counts as the default. Neither is ever saved, but records can be changed by hand.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    window = window if window.begins < window.ends else DEFAULT_WINDOW
    outside = [at for at in times_of_day(schedule) if at not in window]
    if not outside:
        return window
    return Window(min(window.begins, *outside), max(window.ends, *(min(at + _HOUR, _DAY) for at in outside)))


def held_until(
    now: datetime, timezone: str, window: Window = DEFAULT_WINDOW, closures: Closures = NO_CLOSURES
) -> datetime | None:
    """Return when something new may be posted: None for now, else the moment the window opens on a working day.

    A time of the wall clock that is skipped comes as much later as was skipped; of one that comes twice the first
    counts.
    """
    zone = ZoneInfo(timezone)
    day = on_or_after(now.astimezone(zone).date(), closures)
    while True:
        opens, closes = _wall(day, window.begins, zone), _wall(day, window.ends, zone)
        if now < closes and opens < closes:
            return opens if now < opens else None
        day = on_or_after(day + timedelta(days=1), closures)


def _wall(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def sends_now(
    schedule: str,
    timezone: str,
    ran_until: datetime | None,
    now: datetime,
    closures: Closures = NO_CLOSURES,
    *,
    window: Window = DEFAULT_WINDOW,
) -> bool:
    """Whether the office's message of today is to be sent; `ran_until` is when that was last done.

    A window that leaves a time of the schedule out is stretched.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    owed = due_tick(schedule, timezone, ran_until, now)
    if owed is None:
        return False
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    if not is_working_day(today, closures) or now < _at_time_of(owed, today, zone):
        return False
    return held_until(now, timezone, stretched(window, schedule), closures) is None


def next_look(
    schedule: str,
    timezone: str,
    ran_until: datetime | None,
    now: datetime,
    closures: Closures = NO_CLOSURES,
    *,
    window: Window = DEFAULT_WINDOW,
) -> datetime:
    """Return the first moment from `now` at which `sends_now` may say yes, if nobody sends before.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    if sends_now(schedule, timezone, ran_until, now, closures, window=window):
        return now
    tick = next_tick(schedule, timezone, now)
    owed = due_tick(schedule, timezone, ran_until, now)
    if owed is None:
        return tick
    zone, window = ZoneInfo(timezone), stretched(window, schedule)
    moment = now
    while moment < tick:
        moment = held_until(moment, timezone, window, closures) or moment
        at = _at_time_of(owed, moment.astimezone(zone).date(), zone)
        if at <= moment:
            break
        moment = at
    return min(tick, moment)


def _at_time_of(tick: datetime, day: date, zone: ZoneInfo) -> datetime:
    """Return when a tick's time of day comes on another day; on its own day it is the tick."""
    local = tick.astimezone(zone)
    if local.date() == day:
        return tick
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def next_send(schedule: str, timezone: str, now: datetime, closures: Closures = NO_CLOSURES) -> datetime:
    """Return the moment after `now` for which the next message is planned, whether or not one is owed already.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    zone = ZoneInfo(timezone)
    tick = next_tick(schedule, timezone, now)
    return _at_time_of(tick, on_or_after(tick.astimezone(zone).date(), closures), zone)
