from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cli import sample
from models.audit import AuditEntry, write_noted
from models.offices import Office
from operations.records.bad_rows import BadRows
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.read_table import read_table

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
OFFICES = Path(sample.__file__).parent / "offices.csv"
HEADER = "code,name,kind,parent,city,state,timezone,former_region"


def imported(session, text):
    """Import offices from CSV text."""
    table = read_table("offices.csv", text.encode(), OFFICE_COLUMNS)
    return import_offices(session, table, by="Avery Example", now=NOW)


def rows(*lines):
    """Return the text of a file with these lines below the header."""
    return "\n".join([HEADER, *lines])


def parent_of(session, code):
    """Return the code of the office above one."""
    office = session.scalar(select(Office).where(Office.code == code))
    return session.scalar(select(Office.code).where(Office.id == office.parent_id))


def test_real_offices_are_entered_once(session):
    """The real offices are all created, and a second import of them changes nothing."""
    first = imported(session, OFFICES.read_text())
    second = imported(session, OFFICES.read_text())
    write_noted(session)

    assert (first.rows, len(first.created), first.warnings) == (116, 116, ())
    assert (second.created, second.changed, len(second.unchanged)) == ((), (), 116)
    assert session.scalar(select(func.count()).select_from(Office)) == 116
    assert parent_of(session, "0317300") == "REG-PHI"
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_parent_may_stand_later_and_be_named(session):
    """A row may name its parent before the parent's own row, by code or by name."""
    imported(
        session,
        rows(
            "A-1,First Office,area,region one,,,America/New_York,",
            "A-2,Second Office,area,r-1,,,America/New_York,",
            "R-1,Region One,region,TOP,,,America/New_York,",
            "TOP,Top,national,,,,America/New_York,",
        ),
    )

    assert [parent_of(session, code) for code in ("A-1", "A-2", "R-1", "TOP")] == ["R-1", "R-1", "TOP", None]


def test_a_changed_row_changes_its_office(session):
    """A second file changes what it says differently, leaves absent columns alone, and tells which changed."""
    imported(session, rows("TOP,Top,national,,Washington,DC,America/New_York,", "A-1,One,area,TOP,,,UTC,R01"))
    result = imported(
        session, "CODE;Name;kind;timezone\nA-1;Uno;area;America/Chicago\nTOP;Top;national;America/New_York"
    )
    write_noted(session)
    office = session.scalar(select(Office).where(Office.code == "A-1"))

    assert (result.changed, result.unchanged) == (("Uno",), ("Top",))
    assert (office.name, office.timezone, office.former_region) == ("Uno", "America/Chicago", "R01")
    assert parent_of(session, "A-1") == "TOP"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()[-1]
    assert entry.action == "offices:imported"
    assert entry.data["changed"] == {"Uno": ["name", "timezone"]}


def test_two_offices_may_exchange_their_names(session):
    """A file that swaps two names is imported although names are unique."""
    imported(session, rows("TOP,Top,national,,,,UTC,", "A-1,One,area,TOP,,,UTC,", "A-2,Two,area,TOP,,,UTC,"))
    imported(session, rows("A-1,Two,area,TOP,,,UTC,", "A-2,One,area,TOP,,,UTC,"))

    names = session.execute(select(Office.code, Office.name).where(Office.code != "TOP").order_by(Office.code))
    assert [tuple(row) for row in names] == [("A-1", "Two"), ("A-2", "One")]


def test_a_district_office_stays_one(session):
    """A district office is entered as what the file calls it, however it is written."""
    imported(session, rows("TOP,Top,national,,,,UTC,", "D-1,District,District,TOP,,,UTC,"))

    assert session.scalar(select(Office.kind).where(Office.code == "D-1")) == "district"


def test_an_office_below_nobody_is_warned_of(session):
    """An area office without an office above it is imported with a warning."""
    result = imported(session, rows("A-1,One,area,,,,UTC,"))

    assert result.created == ("One",)
    assert result.warnings == (
        "offices.csv, line 2, parent: there is no office above it, so nothing can climb from here",
    )


TOP = "TOP,Top,national,,,,UTC,"


@pytest.mark.parametrize(
    ("lines", "line", "column", "words"),
    [
        ([TOP, "A-1,One,bureau,TOP,,,UTC,"], 3, "kind", "“bureau” is none of national"),
        ([TOP, "A-1,One,area,TOP,,,America/New_Yrok,"], 3, "timezone", "write one such as America/New_York"),
        ([TOP, "A-1,One,area,TOP,,,,"], 3, "timezone", "is missing"),
        ([TOP, ",One,area,TOP,,,UTC,"], 3, "code", "is missing"),
        ([TOP, "A-1,,area,TOP,,,UTC,"], 3, "name", "is missing"),
        ([TOP, "A-1,One,,TOP,,,UTC,"], 3, "kind", "is missing"),
        ([TOP, "a_1,One,area,TOP,,,UTC,"], 3, "code", "letters, digits and hyphens"),
        ([TOP, "A-1,One,area,TOPP,,,UTC,"], 3, "parent", "the closest are Top (TOP)"),
        ([TOP, "A-1,One,area,a-1,,,UTC,"], 3, "parent", "in a circle: A-1 under A-1"),
        ([TOP, "top,Other,national,,,,UTC,"], 3, "code", "TOP stands on line 2 already"),
        ([TOP, "A-1,tOP,area,TOP,,,UTC,"], 3, "name", "“tOP” stands on line 2 already"),
        ([TOP, f"A-1,{'n' * 301},area,TOP,,,UTC,"], 3, "name", "301 characters; 300 are the most"),
        (["A-1,One,area,A-2,,,UTC,", "A-2,Two,area,A-1,,,UTC,"], 2, "parent", "A-1 under A-2 under A-1"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(session, lines, line, column, words):
    """Each mistake is told with line and column, and no office is written."""
    with pytest.raises(BadRows) as refused:
        imported(session, rows(*lines))

    assert (refused.value.rows[0].line, refused.value.rows[0].column) == (line, column)
    assert words in refused.value.rows[0].reason
    assert session.scalar(select(func.count()).select_from(Office)) == 0


def test_a_circle_through_offices_on_record_is_refused(session):
    """A file cannot close a circle with offices that it does not name."""
    imported(session, rows(TOP, "A-1,One,area,TOP,,,UTC,"))

    with pytest.raises(BadRows, match="TOP under A-1 under TOP"):
        imported(session, rows("TOP,Top,national,A-1,,,UTC,"))


def test_a_name_of_another_office_on_record_is_refused(session):
    """A new office cannot take the name of one that the file does not name."""
    imported(session, rows(TOP))

    with pytest.raises(BadRows, match="“TOP” is the name of the office TOP"):
        imported(session, rows("A-1,TOP,area,,,,UTC,"))


WITH_SETTINGS = f"{HEADER},channel,schedule,settings"


def with_settings(*lines):
    """Return the text of a file with the columns of settings."""
    top = "TOP,Top,national,,,,America/New_York,,,,"
    return "\n".join([WITH_SETTINGS, top, *lines])


def test_channel_schedule_and_settings_are_entered(session):
    """Each setting as NAME=VALUE; a file without the columns leaves them as they are."""
    settings = "meetings_required=3; days_before.default=10,0"
    line = f'A-1,First Office,area,top,,,America/New_York,,C0FIRST,30 8 * * 1-5,"{settings}"'
    imported(session, with_settings(line))
    office = session.scalar(select(Office).where(Office.code == "A-1"))
    assert (office.channel, office.schedule) == ("C0FIRST", "30 8 * * 1-5")
    assert office.settings == {"meetings_required": 3, "days_before": {"default": [10, 0]}}
    assert imported(session, with_settings(line)).changed == ()
    assert imported(session, rows("A-1,First Office,area,top,,,America/New_York,")).changed == ()
    assert office.channel == "C0FIRST"


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (",0 9 * * * *,", "schedule", "give five plain fields"),
        (",0 9 30 2 *,", "schedule", "names no moment that ever comes"),
        (",* 9 * * *,", "schedule", "fires more than once within an hour"),
        ("wilmington,,", "channel", "is no channel's id"),
        (",,meetings_required=13", "settings", "The settings of First Office cannot be used: meetings_required"),
        (",,meeting_required=3", "settings", "There is no setting “meeting_required”. Closest: meetings_required"),
        (",,regime_since=2026-10-01", "settings", "stands at the office at the top only"),
    ],
)
def test_a_bad_setting_is_named_with_file_line_and_column(session, cells, column, reason):
    """Nothing of the file is written."""
    with pytest.raises(BadRows) as bad:
        imported(session, with_settings(f"A-1,First Office,area,top,,,America/New_York,,{cells}"))
    (row,) = bad.value.rows
    assert (row.file, row.line, row.column) == ("offices.csv", 3, column)
    assert reason in row.reason
    assert session.scalar(select(func.count()).select_from(Office)) == 0
