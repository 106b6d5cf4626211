"""Calendars as another library reads them: what was put in comes out, whatever people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.calendar import calendar
from documents.paper import printable
from policy.calendar_feed import Calendar, Entry, Kind
from policy.words import TURNS

CHANGED = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
#: Beside the program's own: one whose clocks change on the last Sunday of a month.
ZONES = (
    *("America/New_York", "America/Chicago", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"),
    *("Pacific/Guam", "Europe/Berlin"),
)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
moments = st.builds(
    lambda day, hour, zone: datetime.combine(day, time(hour, 30), ZoneInfo(zone)),
    days,
    st.integers(8, 18),
    st.sampled_from(ZONES),
)
texts = st.text(max_size=120) | st.text("ab ,;:\\n\n\r\"'\u202e\u200f\u2028é漢", max_size=200)
entries = st.builds(
    Entry,
    uid=st.uuids().map("duty-{}@here".format),
    kind=st.sampled_from(Kind),
    title=texts,
    lines=st.lists(texts, max_size=3).map(tuple),
    begins=days | moments,
    changed_at=st.datetimes(datetime(2019, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given
    cancelled=st.booleans(),
)
calendars = st.builds(
    Calendar, name=texts, about=texts, entries=st.lists(entries, max_size=4, unique_by=lambda e: e.uid).map(tuple)
)


def shown(text):
    """Return text as an entry shows it: on one line, in the direction of our own words."""
    return " ".join(TURNS.sub("", printable(text)).split())


@settings(max_examples=60)
@given(calendars)
def test_another_library_reads_what_was_written(wanted):
    """Names, texts, days, moments in their time zones, numbers and states come out as they went in."""
    made = calendar(wanted)
    assert calendar(wanted) == made
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    for zone in ZONES:
        vobject.icalendar.registerTzid(zone, None)  # it would go by the calendar that it read before
    read = vobject.readOne(made.decode())
    assert read.x_wr_calname.value == read.name_list[0].value == shown(wanted.name)
    found = {event.uid.value: event for event in getattr(read, "vevent_list", [])}
    assert set(found) == {entry.uid for entry in wanted.entries}
    for entry in wanted.entries:
        event = found[entry.uid]
        assert event.summary.value == shown(entry.title)
        assert getattr(getattr(event, "description", None), "value", "") == "\n".join(map(shown, entry.lines))
        assert event.dtstart.value == entry.begins
        length = timedelta(hours=1) if isinstance(entry.begins, datetime) else timedelta(days=1)
        assert event.dtend.value == entry.begins + length
        assert event.status.value == ("CANCELLED" if entry.cancelled else "CONFIRMED")
        assert event.last_modified.value == entry.changed_at.replace(microsecond=0)
        assert int(event.sequence.value) >= 0


def test_a_later_change_has_a_higher_number():
    """Programs keep what has the higher number: it grows with each change."""
    numbers = []
    for seconds in (0, 1, 3600):
        changed = CHANGED + timedelta(seconds=seconds)
        entry = Entry("a@here", Kind.MEETING, "Meeting", (), date(2026, 12, 1), changed)
        numbers.append(int(vobject.readOne(calendar(Calendar("A", "", (entry,))).decode()).vevent.sequence.value))
    assert numbers == sorted(set(numbers))


def test_what_takes_no_time_blocks_no_day():
    """A deadline stands on its day and leaves it free; there are no alarms."""
    entry = Entry("a@here", Kind.DEADLINE, "Report", (), date(2026, 12, 1), CHANGED)
    made = calendar(Calendar("A", "", (entry,)))
    assert b"DTSTART;VALUE=DATE:20261201\r\n" in made
    assert b"TRANSP:TRANSPARENT\r\n" in made
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in made
    assert b"VALARM" not in made
    assert b"VTIMEZONE" not in made
