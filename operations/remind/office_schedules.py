"""The cron line of each office, and the row that says how far it has come."""

from __future__ import annotations

from functools import lru_cache

import structlog

from policy.sending_times import DEFAULT_SCHEDULE
from policy.ticks import BadScheduleError, check_expression

log = structlog.get_logger("operations.remind")


def office_name(code: str) -> str:
    """Return the name of an office's row among the schedules."""
    return f"office:{code}"


@lru_cache(maxsize=1024)  # so that a bad one is warned of once, not at every look
def usable_schedule(office: str, schedule: str | None) -> str:
    """Return an office's cron line; the default where it has none, or one that cannot be used."""
    try:
        return check_expression(schedule or DEFAULT_SCHEDULE)
    except BadScheduleError as error:
        log.warning("the default schedule is used", office=office, why=str(error))
        return DEFAULT_SCHEDULE
