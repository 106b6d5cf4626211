"""When a cron line fires on the wall clock of a place: pure, and blind to what day is a working day.

A line names times of the wall clock. When clocks are set back, an hour passes twice and each of its times
fires the first time only. When they are set forward, a time that is skipped fires as much later as was
skipped. So a daily line fires once on every local day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import (  # type: ignore[import-untyped]  # it ships no types
    CroniterBadCronError,
    CroniterBadDateError,
    croniter,
)

#: What a field may hold: numbers, names of months and days, lists, ranges and steps.
FIELD = re.compile(r"(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?(,(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?)*")
#: Words that croniter knows beside names; one line must not fire at another time in each process.
NOT_PLAIN = re.compile(r"[RHLW]|[0-9][lw]|^[rhlw]", re.IGNORECASE)
NAMES = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat", re.IGNORECASE)
FIELDS = 5


class BadScheduleError(ValueError):
    """Raised when a cron line has another form than five plain fields, never fires, or fires too often."""


@lru_cache(maxsize=1024)
def check_expression(expression: str) -> str:
    """Return the cron line as it is.

    Raises:
        BadScheduleError: It has another form than five plain fields, never fires, or fires twice within an hour.
    """
    fields = expression.split()
    plain = all(FIELD.fullmatch(field) and not NOT_PLAIN.search(NAMES.sub("0", field)) for field in fields)
    if len(fields) != FIELDS or not plain:
        raise BadScheduleError(
            f"“{expression}” is not a schedule: give five plain fields (minute hour day month weekday),"
            " such as 0 9 * * 1-5."
        )
    try:
        croniter(" ".join(fields), datetime(2024, 1, 1)).get_next()  # noqa: DTZ001  # a wall clock
    except (CroniterBadCronError, CroniterBadDateError, ValueError, KeyError):
        raise BadScheduleError(f"“{expression}” names no moment that ever comes.") from None
    minutes = croniter.expand(" ".join(fields))[0][0]
    if minutes == ["*"] or len(minutes) > 1:
        raise BadScheduleError(f"“{expression}” fires more than once within an hour; give one minute, such as 0.")
    return expression


def times_of_day(expression: str) -> tuple[int, ...]:
    """Return the times of the wall clock that a cron line names, in minutes after midnight.

    Raises:
        BadScheduleError: See `check_expression`.
    """
    (minute,), hours = croniter.expand(check_expression(expression))[0][:2]
    return tuple(60 * hour + minute for hour in (range(24) if hours == ["*"] else hours))


def due_tick(expression: str, timezone: str, ran_until: datetime | None, now: datetime) -> datetime | None:
    """Return the latest tick after `ran_until` up to `now`; None when there is none.

    However many were missed, it is the latest alone. `ran_until` None stands for the beginning of today.

    Raises:
        BadScheduleError: See `check_expression`.
    """
    zone = ZoneInfo(timezone)
    since = day_begins(zone, now) if ran_until is None else ran_until
    local = now.astimezone(zone)
    # In the hour that passes a second time, later times of it have passed once already.
    ahead = timedelta(hours=1) if local.fold else timedelta(microseconds=1)
    # A wall time that was skipped fires later than its neighbours, hence the look at more than one.
    for tick in _backwards(expression, zone, local.replace(tzinfo=None, fold=0) + ahead):
        if tick <= now:
            return tick if tick > since else None
    raise AssertionError  # pragma: no cover  # it goes back for ever


def next_tick(expression: str, timezone: str, now: datetime) -> datetime:
    """Return the first tick after `now`.

    Raises:
        BadScheduleError: See `check_expression`.
    """
    zone = ZoneInfo(timezone)
    # An hour earlier on the wall: what was skipped fires after times that stand later on the clock's face.
    wall = now.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(hours=1)
    ahead = croniter(check_expression(expression), wall)
    candidates: list[datetime] = []
    while True:
        tick = _instant(ahead.get_next(datetime), zone)
        if candidates and tick > candidates[0] + timedelta(hours=1):
            return min(candidates)
        if tick > now:
            candidates.append(tick)


def day_begins(zone: ZoneInfo, now: datetime) -> datetime:
    """Return the moment just before the local day of `now`: a tick at midnight comes after it."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def _backwards(expression: str, zone: ZoneInfo, wall: datetime) -> Iterator[datetime]:
    behind = croniter(check_expression(expression), wall)
    while True:
        yield _instant(behind.get_prev(datetime), zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
