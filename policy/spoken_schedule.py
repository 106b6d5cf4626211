"""A schedule as people write it, such as "weekdays at 9" or "9 am on Mondays", as a cron line."""

from __future__ import annotations

import re

from policy.ticks import BadScheduleError, check_expression

_TIME = re.compile(r"\b(?:(noon|midnight)|([0-9]{1,2})(?::([0-9]{2}))?\s*([ap]m)?)\b")
_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_SHORT = {name[:length]: number for number, name in enumerate(_NAMES) for length in (3, 4, 5, len(name))}
_GROUPS = {
    **dict.fromkeys(("weekday", "workday", "weekdays", "workdays"), tuple(range(1, 6))),
    **dict.fromkeys(("day", "days", "daily", "everyday"), tuple(range(7))),
}
_FILLERS = frozenset({"at", "on", "every", "each", "the", "and", "o'clock"})
_WORKDAYS, _ALL = {1, 2, 3, 4, 5}, set(range(7))


def read_schedule(text: str) -> str:
    """Return the cron line that is meant: written in words, or as a cron line.

    Without a half of the day, hours count from 0 to 23; a time alone means each weekday.

    Raises:
        BadScheduleError: It is neither.
    """
    spoken = _spoken(text.casefold().replace("a.m.", "am").replace("p.m.", "pm").replace(",", " "))
    if spoken is not None:
        return spoken
    try:
        return check_expression(text)
    except BadScheduleError as error:
        if "*" in text:
            raise
        raise BadScheduleError(f"{error} Words do, too: weekdays at 9 AM.") from None


def _spoken(text: str) -> str | None:
    times = list(_TIME.finditer(text))
    if len(times) != 1:
        return None
    at, days = _time(*times[0].groups()), _days(text[: times[0].start()] + " " + text[times[0].end() :])
    if at is None or days is None:
        return None
    of_week = "1-5" if days == _WORKDAYS else "*" if days == _ALL else ",".join(map(str, sorted(days)))
    return f"{at[1]} {at[0]} * * {of_week}"


def _time(word: str | None, hour: str | None, minute: str | None, half: str | None) -> tuple[int, int] | None:
    if word is not None:
        return (12 if word == "noon" else 0), 0
    hours, minutes = int(hour or 0), int(minute or 0)
    if half is not None:
        if not 1 <= hours <= 12:  # noqa: PLR2004 - the hours of a clock's face
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    return (hours, minutes) if hours < 24 and minutes < 60 else None  # noqa: PLR2004 - a day's and an hour's


def _days(text: str) -> set[int] | None:
    words = re.sub(r"[-\u2013]|\bthrough\b|\buntil\b", " to ", text).replace("working day", "workday").split()
    days: set[int] = set()
    first: int | None = None
    through = False
    for word in (word for word in words if word not in _FILLERS):
        if word == "to":
            if first is None:
                return None
            through = True
            continue
        if word in _GROUPS:
            days.update(_GROUPS[word])
            continue
        number = _SHORT.get(word, _SHORT.get(word.removesuffix("s")))
        if number is None:
            return None
        days.update(range(first, number + 1) if through and first is not None else {number})
        first, through = number, False
    return None if through else days or _WORKDAYS
