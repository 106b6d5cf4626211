from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cli import sample
from models.audit import AuditEntry, write_noted
from models.offices import Office, Person, Position
from operations.records.bad_rows import BadRows
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.import_people import PEOPLE_COLUMNS, import_people
from operations.records.read_table import read_table

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
OFFICES = Path(sample.__file__).parent / "offices.csv"
HEADER = "slack_id,name,email,position,office,from,until,acting_for"

ANA = "U0000000A,Ana,ana@example.gov,Alliance Coordinator,0317300,2024-01-02,,"
BEN = "U0000000B,Ben,,Area Director,wilmington area office,2023-05-01,,"


@pytest.fixture
def session(session):
    """A session with the real offices."""
    table = read_table("offices.csv", OFFICES.read_bytes(), OFFICE_COLUMNS)
    import_offices(session, table, by="Avery Example", now=NOW)
    session.flush()
    return session


def imported(session, *lines, header=HEADER):
    """Import people from the lines of a CSV file, the header left out."""
    table = read_table("my.csv", "\n".join([header, *lines]).encode(), PEOPLE_COLUMNS)
    return import_people(session, table, by="Avery Example", now=NOW)


def held(session):
    """Return every position as (name, role, office, from, until, official)."""
    session.expire_all()
    names = {person.id: person.name for person in session.scalars(select(Person))}
    codes = {office.id: office.code for office in session.scalars(select(Office))}
    return [
        (
            names[p.person_id],
            p.role,
            codes[p.office_id],
            p.held_from.isoformat(),
            p.held_until and p.held_until.isoformat(),
            names.get(p.acting_for_id),
        )
        for p in session.scalars(select(Position).order_by(Position.id))
    ]


def test_people_are_entered_once_with_their_positions(session):
    """A person with several positions is one person; the same file again changes nothing."""
    lines = [
        ANA,
        "u0000000a,Ana,ana@example.gov,alliance coordinator,REG-PHI,2025-01-02,2025-06-30,",
        BEN,
        "U0000000C,Cem,,Area Director,0317300,2026-01-01,2026-12-31,U0000000B",
        "U0000000D,Dee,,,,,,",
    ]
    first = imported(session, *lines)
    second = imported(session, *lines)
    write_noted(session)

    assert (len(first.created), first.rows) == (5, 5)
    assert (second.created, second.changed, len(second.unchanged)) == ((), (), 5)
    assert held(session) == [
        ("Ana", "Alliance Coordinator", "0317300", "2024-01-02", None, None),
        ("Ana", "Alliance Coordinator", "REG-PHI", "2025-01-02", "2025-06-30", None),
        ("Ben", "Area Director", "0317300", "2023-05-01", None, None),
        ("Cem", "Area Director", "0317300", "2026-01-01", "2026-12-31", "Ben"),
    ]
    assert session.scalar(select(func.count()).select_from(Person)) == 4
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions == ["offices:imported", "people:imported"]


def test_a_changed_row_changes_the_person_and_the_position(session):
    """A new name, address or last day is written to the person and the position on record."""
    imported(session, ANA, BEN)
    result = imported(
        session, "U0000000A,Ana Maria,am@example.gov,Alliance Coordinator,0317300,2024-02-02,2026-12-31,", BEN
    )
    write_noted(session)

    label = "Ana Maria, Alliance Coordinator, Wilmington Area Office"
    assert (result.changed, len(result.unchanged)) == ((label,), 1)
    assert held(session)[0] == (
        "Ana Maria",
        "Alliance Coordinator",
        "0317300",
        "2024-02-02",
        "2026-12-31",
        None,
    )
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()[-1]
    assert entry.data["changed"] == {label: ["name", "email", "from", "until"]}


def test_a_position_may_be_held_again(session):
    """A second term of the same position is a second position."""
    imported(session, "U0000000A,Ana,,Alliance Coordinator,0317300,2020-01-01,2021-12-31,")
    imported(session, "U0000000A,Ana,,Alliance Coordinator,0317300,2024-01-01,,")

    assert [row[3:5] for row in held(session)] == [("2020-01-01", "2021-12-31"), ("2024-01-01", None)]


def test_a_position_without_a_first_day_begins_on_the_day_of_entry(session):
    """The day of entry is that of the office, and stays when the file is imported on a later day."""
    line = "U0000000A,Ana,,Alliance Coordinator,1032700,,,"
    imported(session, line)
    again = imported(session, line)

    assert [row[3] for row in held(session)] == ["2026-11-22"]
    assert len(again.unchanged) == 1


def test_absent_columns_leave_what_is_known(session):
    """A file without addresses and last days takes none away."""
    imported(session, "U0000000A,Ana,ana@example.gov,Alliance Coordinator,0317300,2024-01-02,2026-12-31,")
    result = imported(
        session,
        "U0000000A,Ana,Alliance Coordinator,0317300,2024-01-02",
        header="slack_id,name,position,office,from",
    )

    assert len(result.unchanged) == 1
    assert session.scalar(select(Person.email)) == "ana@example.gov"


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (",Cem,,,,,,", "slack_id", "is missing"),
        ("cem,Cem,,,,,,", "slack_id", "“CEM” is not a Slack member id"),
        ("U0000000C,,,,,,,", "name", "is missing"),
        ("U0000000C,Cem,at home,,,,,", "email", "is not an e-mail address"),
        ("U0000000C,Cem,,Emperor,0317300,,,", "position", "“Emperor” is none of Alliance Coordinator"),
        ("U0000000C,Cem,,Area Director,,,,", "office", "is missing"),
        ("U0000000C,Cem,,Area Director,Wilmingtn,,,", "office", "the closest are Wilmington Area Office"),
        ("U0000000C,Cem,,,0317300,,,", "position", "is missing, although there is something under “office”"),
        ("U0000000C,Cem,,Area Director,0317300,soon,,", "from", "“soon” is not a date"),
        ("U0000000C,Cem,,Area Director,0317300,2024-01-02,2024-01-01,", "until", "lies before 2024-01-02"),
        ("U0000000C,Cem,,Area Director,0317300,,,U0000000C", "acting_for", "nobody is their own designee"),
        ("U0000000C,Cem,,Area Director,0317300,,,U0000000X", "acting_for", "nobody has the Slack id"),
        ("U0000000A,Anna,ana@example.gov,,,,,", "name", "U0000000A is “Ana” on line 2"),
        ("U0000000A,Ana,a@b.gov,,,,,", "email", "differs from the one of U0000000A on line 2"),
        (ANA.replace("2024", "2025"), "position", "stands on line 2 already"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(session, line, column, words):
    """Each mistake is told with line, column and reason, and nobody is entered."""
    with pytest.raises(BadRows) as refused:
        imported(session, ANA, line)

    (bad,) = refused.value.rows
    assert (bad.line, bad.column) == (3, column)
    assert words in bad.reason
    assert session.scalar(select(func.count()).select_from(Person)) == 0
