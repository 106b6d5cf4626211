"""Time zones as iCalendar files describe them: by the rule of each year, which every calendar program reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = 7


def time_zone(name: str, since: int) -> Timezone:
    """Describe a time zone by its IANA name, with the rule of a year, which holds from then on.

    Lists of single days would be exact for any past; several programs read only the first of them.
    """
    zone = ZoneInfo(name)
    made = Timezone()
    made.add("tzid", name)
    changes = _changes(zone, since)
    for at in changes:
        made.add_component(_change(zone, at))
    if not changes:
        made.add_component(_always(zone, since))
    return made


@cache
def _changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """Return the moments, UTC, at which the clocks of a zone change within a year; they do on whole hours."""
    found: list[datetime] = []
    for day in range(366):
        begins = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
        if _offset(zone, begins) != _offset(zone, begins + timedelta(days=1)):
            hours = (begins + timedelta(hours=hour) for hour in range(1, 25))
            found.append(next(hour for hour in hours if _offset(zone, hour) != _offset(zone, begins)))
    return tuple(found)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _change(zone: ZoneInfo, at: datetime) -> TimezoneStandard | TimezoneDaylight:
    before, after = (moment.astimezone(zone) for moment in (at - timedelta(hours=1), at))
    # By the clock as it stood before.
    onset = before.replace(tzinfo=None) + timedelta(hours=1)
    made = TimezoneDaylight() if after.dst() else TimezoneStandard()
    made.add("dtstart", onset)
    made.add(
        "rrule", vRecur(freq="yearly", bymonth=onset.month, byday=f"{_which(onset.date())}{_DAYS[onset.weekday()]}")
    )
    made.add("tzoffsetfrom", before.utcoffset())
    made.add("tzoffsetto", after.utcoffset())
    made.add("tzname", after.tzname() or "")
    return made


def _which(day: date) -> int:
    """Say which one of its weekday a day is in its month; -1 for the last, where it is none of the first three."""
    number = (day.day - 1) // _WEEK + 1
    is_last = (day + timedelta(days=_WEEK)).month != day.month
    return -1 if is_last and number > 3 else number  # noqa: PLR2004 - see above


def _always(zone: ZoneInfo, year: int) -> TimezoneStandard:
    start = datetime(year, 1, 1, tzinfo=zone)
    made = TimezoneStandard()
    made.add("dtstart", start.replace(tzinfo=None))
    made.add("tzoffsetfrom", start.utcoffset())
    made.add("tzoffsetto", start.utcoffset())
    made.add("tzname", start.tzname() or "")
    return made
