"""`alliance calendar` writes a calendar to a file, lists the addresses of calendars, and stops one."""

from __future__ import annotations

import json

import vobject
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from models.calendars import CalendarFeed
from models.offices import Person
from tests.cli.conftest import NOW
from tests.cli.test_answers import alliance, sample  # noqa: F401  # fixtures


def test_calendars_are_written_listed_and_stopped(sample, database, tmp_path):  # noqa: F811
    """A file has the dates of `alliance due`; addresses stand a line each with the number that stops them."""
    path = tmp_path / "office.ics"
    code, out, _ = sample("calendar", "REG-PHI", "-o", path)
    events = vobject.readOne(path.read_bytes().decode()).vevent_list
    assert (code, out) == (0, f"{path}: Alliances: Philadelphia Region, {len(events)} events\n")
    due = json.loads(sample("due", "--office", "REG-PHI", "--format", "json")[1])
    wanted = {one["id"]: one["due_on"] for one in due if one["due_on"]}
    found = {event.uid.value[5:41]: event.dtstart.value.isoformat() for event in events if "duty" in event.uid.value}
    assert found == wanted
    assert len(wanted) > 3
    engine = create_engine(database)
    with Session(engine) as session, session.begin():
        person = session.scalars(select(Person).order_by(Person.id).limit(1)).one()
        session.add(CalendarFeed(person_id=person.id, token_hash="0" * 64, made_at=NOW))
        name = person.name
    engine.dispose()
    assert sample("calendar")[1] == f"1: {name}, own calendar, since 2026-11-23 14:00 UTC, never fetched\n"
    assert (
        sample("calendar", "--stop", "1")[1] == "Stopped: nothing is served any more under address 1 (own calendar).\n"
    )
    code, _, err = sample("calendar", "--stop", "1")
    assert (code, err.startswith("This address was stopped before, by alliance (")) == (1, True)
    assert sample("calendar")[1].startswith("Nobody has an address")
    assert sample("calendar", name, "-o", path)[1].startswith(f"{path}: Alliances: {name}, ")


def test_what_cannot_be_meant_is_one_sentence(sample, tmp_path):  # noqa: F811
    """No such name, several, a file of nothing: said, and nothing is written."""
    path = tmp_path / "none.ics"
    assert sample("calendar", "xyzzy", "-o", path)[2] == "No office, alliance or person is called “xyzzy”.\n"
    assert "may mean several: " in sample("calendar", "office", "-o", path)[2]
    assert sample("calendar", "-o", path)[0] == 2
    assert sample("calendar", "REG-PHI", "--stop", "1")[0] == 2
    assert sample("calendar", "--stop", "7")[::2] == (1, "There is no such address of a calendar.\n")
    assert not path.exists()
