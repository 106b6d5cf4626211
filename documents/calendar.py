"""Calendars as iCalendar files (RFC 5545, with the names and the refresh interval of RFC 7986)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import icalendar
from icalendar import Event, vDatetime, vInt, vText

from documents.paper import printable
from documents.time_zone import time_zone
from policy.calendar_feed import Calendar, Entry
from policy.words import TURNS

#: How often a calendar program may look again; many look when they like.
LOOK_AGAIN = timedelta(hours=1)
#: How long a meeting is shown whose end nobody has said.
MEETING = timedelta(hours=1)
#: Sequence numbers count the seconds from here: they grow with each change, and need no memory of those before.
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
#: Entries that are remembered as they were written.
KEPT = 10_000
_END = b"END:VCALENDAR\r\n"
_PRODUCT = "-//Alliance Bot//Alliances//EN"


def calendar(of: Calendar) -> bytes:
    """Return an .ics file; the same calendar makes the same file."""
    of = printable(of)
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        made.add(name, vText(_line(of.name)))
    for name in ("description", "x-wr-caldesc"):
        made.add(name, vText(_line(of.about)))
    made.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vText("PT1H"))
    moments = [entry.begins for entry in of.entries if isinstance(entry.begins, datetime)]
    for zone in sorted({str(moment.tzinfo) for moment in moments}):
        made.add_component(time_zone(zone, min(moment.year for moment in moments) - 1))
    head = bytes(made.to_ical()).removesuffix(_END)
    return b"".join([head, *map(_event, of.entries), _END])


@lru_cache(maxsize=KEPT)
def _event(entry: Entry) -> bytes:
    """Write an entry; most are what they were when the calendar was last fetched."""
    event = Event()
    changed = vDatetime(entry.changed_at.astimezone(UTC).replace(microsecond=0))
    # Set rather than added: to guess the type of each costs more than all the rest.
    event["UID"] = vText(entry.uid)
    # Not the moment at which the file is made: nothing changed, the file is the same.
    event["DTSTAMP"] = event["LAST-MODIFIED"] = changed
    event["SEQUENCE"] = vInt(max(0, int((changed.dt - _BEGINNING).total_seconds())))
    event["SUMMARY"] = vText(_line(entry.title))
    if entry.lines:
        event["DESCRIPTION"] = vText("\n".join(map(_line, entry.lines)))
    event["CATEGORIES"] = vText(str(entry.kind))
    event.add("dtstart", entry.begins)
    event.add("dtend", entry.begins + (MEETING if isinstance(entry.begins, datetime) else timedelta(days=1)))
    event["STATUS"] = vText("CANCELLED" if entry.cancelled else "CONFIRMED")
    # A deadline takes nobody's day, nor does a meeting that does not take place.
    busy = isinstance(entry.begins, datetime) and not entry.cancelled
    event["TRANSP"] = vText("OPAQUE" if busy else "TRANSPARENT")
    return bytes(event.to_ical())


def _line(text: str) -> str:
    """Return text on one line, in the direction of our own words."""
    return " ".join(TURNS.sub("", text).split())
