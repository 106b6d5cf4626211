"""When an office is reminded: its cron line, on federal working days only.

A tick on a weekend or holiday, or one missed while nothing ran, stays owed until the same time of day on the
first working day that comes; of several the latest counts, so that what was missed is caught up once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from policy.calendar import NO_CLOSURES, Closures, is_working_day, on_or_after
from policy.ticks import due_tick, next_tick

#: At nine in the morning from Monday to Friday.
DEFAULT_SCHEDULE = "0 9 * * 1-5"


def sends_now(
    schedule: str,
    timezone: str,
    ran_until: datetime | None,
    now: datetime,
    closures: Closures = NO_CLOSURES,
) -> bool:
    """Whether the office's message of today is to be sent; `ran_until` is when that was last done.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    owed = due_tick(schedule, timezone, ran_until, now)
    if owed is None:
        return False
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    return is_working_day(today, closures) and now >= _at_time_of(owed, today, zone)


def next_look(
    schedule: str,
    timezone: str,
    ran_until: datetime | None,
    now: datetime,
    closures: Closures = NO_CLOSURES,
) -> datetime:
    """Return the first moment from `now` at which `sends_now` may say yes, if nobody sends before.

    Raises:
        BadScheduleError: See `policy.ticks.check_expression`.
    """
    if sends_now(schedule, timezone, ran_until, now, closures):
        return now
    tick = next_tick(schedule, timezone, now)
    owed = due_tick(schedule, timezone, ran_until, now)
    if owed is None:
        return tick
    zone = ZoneInfo(timezone)
    day = on_or_after(now.astimezone(zone).date(), closures)
    if _at_time_of(owed, day, zone) < now:
        day = on_or_after(day + timedelta(days=1), closures)
    return min(tick, _at_time_of(owed, day, zone))


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
