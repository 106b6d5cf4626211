from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cli import sample
from models.alliances import Agreement, Alliance, AllianceOffice, Ending, Signatory
from models.audit import AuditEntry, write_noted
from models.offices import Office
from operations.records.bad_rows import BadRows
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.read_table import read_table
from operations.refusals import Refused

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
SAMPLE = Path(sample.__file__).parent
HEADER = "name,participants,level,offices,signed,renewed,ambassador,concluded,source,term_years"


@pytest.fixture
def session(session):
    """A session with the real offices."""
    table = read_table("offices.csv", (SAMPLE / "offices.csv").read_bytes(), OFFICE_COLUMNS)
    import_offices(session, table, by="Avery Example", now=NOW)
    session.flush()
    return session


def imported(session, *lines, header=HEADER, tracked_from=None):
    """Import alliances from the lines of a CSV file, the header left out."""
    table = read_table("my.csv", "\n".join([header, *lines]).encode(), ALLIANCE_COLUMNS)
    return import_alliances(session, table, by="Avery Example", now=NOW, tracked_from=tracked_from)


def the(session, name="A"):
    """Return the alliance of this name as rows hold it: agreements, offices, signatories, end."""
    session.expire_all()
    alliance = session.scalar(select(Alliance).where(Alliance.name == name))
    agreements = select(Agreement).where(Agreement.alliance_id == alliance.id).order_by(Agreement.signed_on)
    offices = (
        select(Office.code)
        .join(AllianceOffice, AllianceOffice.office_id == Office.id)
        .where(AllianceOffice.alliance_id == alliance.id)
        .order_by(AllianceOffice.rank)
    )
    end = session.get(Ending, alliance.id)
    return {
        "level": alliance.level,
        "tracked_from": alliance.tracked_from,
        "agreements": [(a.signed_on.isoformat(), a.renewal, a.term_years) for a in session.scalars(agreements)],
        "editions": [a.edition for a in session.scalars(agreements)],
        "offices": list(session.scalars(offices)),
        "signatories": list(
            session.scalars(select(Signatory.name).where(Signatory.alliance_id == alliance.id).order_by(Signatory.id))
        ),
        "end": end and (end.kind, end.ended_on.isoformat(), end.reason),
    }


def test_real_alliances_are_entered_once(session):
    """The real alliances are all created, and a second import of them changes nothing at all."""
    table = read_table("alliances.csv", (SAMPLE / "alliances.csv").read_bytes(), ALLIANCE_COLUMNS)
    first = import_alliances(session, table, by="Avery Example", now=NOW)
    before = [the(session, name) for name in first.created]
    second = import_alliances(session, table, by="Avery Example", now=NOW)
    write_noted(session)

    assert (first.rows, len(first.created)) == (33, 33)
    assert (second.created, second.changed, len(second.unchanged)) == ((), (), 33)
    assert [the(session, name) for name in first.created] == before
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "alliances:imported")).all()
    assert [(entry.subject, len(entry.data["created"])) for entry in entries] == [(f"import:{table.digest[:12]}", 33)]


def test_a_row_becomes_an_alliance(session):
    """Every column finds its place, whatever the order of the columns and of the dates."""
    imported(
        session,
        "2;5;3,2019-01-02;6/7/2015,0317300; springfield AREA office,3/4/2013,Area,One ;Two,  A  ,2022-01-01",
        header="Term_years,Renewed,OFFICES,signed,level,participants,name,ambassador",
    )

    assert the(session) == {
        "level": "area",
        "tracked_from": date(2026, 11, 23),
        "agreements": [("2013-03-04", False, 2), ("2015-06-07", True, 3), ("2019-01-02", True, 5)],
        "editions": ["CSP 04-01-002", "CSP 04-01-002", "CSP 04-01-002"],
        "offices": ["0317300", "0112600"],
        "signatories": ["One", "Two"],
        "end": ("ambassador", "2022-01-01", "as imported"),
    }


def test_the_edition_is_that_of_the_signing_day(session):
    """Each agreement keeps the edition in force on its own day, the first day of an edition included."""
    imported(session, "A,,area,0317300,2015-07-28,2020-03-03;2020-03-04,,,,")

    assert the(session)["editions"] == ["CSP 04-01-002", "CSP 04-01-002", "CSP 04-01-003"]


def test_tracked_from_is_the_day_of_entry_at_the_lead_office(session):
    """At 04:00 UTC it is still the day before in Portland; an explicit day wins."""
    table = read_table("my.csv", f"{HEADER}\nA,,area,1032700,2024-01-02,,,,,\n".encode(), ALLIANCE_COLUMNS)
    import_alliances(session, table, by="Avery Example", now=datetime(2026, 11, 23, 4, tzinfo=UTC))
    imported(session, "B,,area,1032700,2024-01-02,,,,,", tracked_from=date(2026, 1, 1))
    again = imported(session, "B,,area,1032700,2024-01-02,,,,,", tracked_from=date(2026, 2, 1))

    assert the(session)["tracked_from"] == date(2026, 11, 22)
    assert the(session, "B")["tracked_from"] == date(2026, 1, 1)
    assert again.unchanged == ("B",)
    assert again.warnings == ("my.csv, line 2, name: is entered already and stays tracked from 2026-01-01",)


def test_what_the_file_adds_is_added_and_what_it_lacks_stays(session):
    """New dates, terms, offices and signatories enter; a vanished date or signatory is told and kept."""
    imported(session, "A,One;Two,area,0317300,2015-01-05,2017-01-04,,,,")
    result = imported(session, "a,One;Three,regional,REG-PHI;0317300,2015-01-05,2019-01-03,,,,2;4")

    assert result.changed == ("a",)
    assert the(session, "a") == {
        "level": "regional",
        "tracked_from": date(2026, 11, 23),
        "agreements": [("2015-01-05", False, 2), ("2017-01-04", True, None), ("2019-01-03", True, 4)],
        "editions": ["CSP 04-01-002"] * 3,
        "offices": ["REG-PHI", "0317300"],
        "signatories": ["One", "Two", "Three"],
        "end": None,
    }
    assert result.warnings == (
        "my.csv, line 2, renewed: the signing of 2017-01-04 is on record and not in the file; it stays",
        "my.csv, line 2, participants: “Two” is on record and not in the file; it stays",
    )


def test_the_audit_names_what_changed(session):
    """The audit entry of an import holds the names created and, for each changed one, the columns."""
    imported(session, "A,,area,0317300,2015-01-05,,,,,")
    imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,2020-02-02,,", "B,,area,0317300,2015-01-05,,,,,")
    write_noted(session)

    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()[-1]
    assert entry.actor == "Avery Example"
    assert (entry.data["created"], entry.data["changed"]) == (["B"], {"A": ["renewed", "ending"]})


def test_a_term_without_record_does_not_erase_one(session):
    """A file without terms leaves the terms on record."""
    imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,2;3")
    result = imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,")

    assert result.unchanged == ("A",)
    assert the(session)["agreements"] == [("2015-01-05", False, 2), ("2017-01-05", True, 3)]


def test_an_older_original_makes_the_former_one_a_renewal(session):
    """When an older signing turns up, the one that was held for the original counts as a renewal."""
    imported(session, "A,,area,0317300,2015-01-05,,,,,")
    imported(session, "A,,area,0317300,2013-01-05,2015-01-05,,,,")

    assert the(session)["agreements"] == [("2013-01-05", False, None), ("2015-01-05", True, None)]


def test_a_corrected_original_moves(session):
    """A first signing that is new, while the one on record is gone, corrects it and says so."""
    imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,")
    result = imported(session, "A,,area,0317300,2015-01-06,2017-01-05,,,,")

    assert the(session)["agreements"] == [("2015-01-06", False, None), ("2017-01-05", True, None)]
    assert result.warnings == (
        "my.csv, line 2, signed: the original signing on record was 2015-01-05 and becomes 2015-01-06",
    )


def test_a_corrected_original_may_not_overtake_a_renewal(session):
    """The original stays the oldest agreement, renewals that the file forgot included."""
    imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,")

    with pytest.raises(BadRows, match="signed: 2018-01-05 lies after the renewal of 2017-01-05"):
        imported(session, "A,,area,0317300,2018-01-05,,,,,")


def test_an_end_is_recorded_moved_and_kept(session):
    """An imported end may be corrected by import; a file without it leaves it and says so."""
    imported(session, "A,,area,0317300,2015-01-05,,,2016-02-03,,")
    moved = imported(session, "A,,area,0317300,2015-01-05,,,2016-02-04,,")
    kept = imported(session, "A,,area,0317300,2015-01-05,,,,,")

    assert (moved.changed, kept.unchanged) == (("A",), ("A",))
    assert the(session)["end"] == ("concluded", "2016-02-04", "as imported")
    assert "the end of 2016-02-04 (concluded) is on record" in kept.warnings[0]


def test_an_end_with_a_reason_is_not_overwritten(session):
    """What a person recorded with a reason outweighs the file."""
    imported(session, "A,,area,0317300,2015-01-05,,,,,")
    alliance = session.scalar(select(Alliance))
    session.add(Ending(alliance_id=alliance.id, kind="terminated", ended_on=date(2016, 2, 3), reason="Goals not met"))
    session.flush()
    same = imported(session, "A,,area,0317300,2015-01-05,,,2016-02-03,,")
    other = imported(session, "A,,area,0317300,2015-01-05,,,2016-02-09,,")

    assert (same.warnings, other.unchanged) == ((), ("A",))
    assert "another end is on record, 2016-02-03 (terminated): Goals not met" in other.warnings[0]
    assert the(session)["end"] == ("terminated", "2016-02-03", "Goals not met")


def test_today_is_not_the_future_and_an_alliance_may_end_on_its_signing_day(session):
    """The bounds of a date belong to what is allowed."""
    imported(session, "A,,area,0317300,2026-11-23,,,2026-11-23,,")

    assert the(session)["end"] == ("concluded", "2026-11-23", "as imported")


def test_an_end_before_an_agreement_on_record_is_refused(session):
    """A renewal that the file forgot still cannot lie after the end."""
    imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,")

    with pytest.raises(BadRows, match="concluded: 2016-02-03 lies before the agreement of 2017-01-05 on record"):
        imported(session, "A,,area,0317300,2015-01-05,,,2016-02-03,,")


def test_a_renewal_after_the_end_on_record_is_refused(session):
    """A file cannot renew what has ended according to the records."""
    imported(session, "A,,area,0317300,2015-01-05,,,2016-02-03,,")

    with pytest.raises(BadRows, match="renewed: 2017-01-05 lies after the end of 2016-02-03"):
        imported(session, "A,,area,0317300,2015-01-05,2017-01-05,,,,")


def test_a_corrected_original_follows_the_edition_of_its_new_day(session):
    """A corrected signing is read under the edition of the day that it really was."""
    imported(session, "A,,area,0317300,2020-03-03,,,,,")
    imported(session, "A,,area,0317300,2020-03-04,,,,,")

    assert the(session)["editions"] == ["CSP 04-01-003"]


@pytest.mark.parametrize(("first", "second"), [("Straße", "STRASSE"), ("İzmir", "izmir"), ("NSC", "ＮＳＣ")])  # noqa: RUF001
def test_names_that_differ_in_letter_case_or_width_are_one(session, first, second):
    """One alliance is not entered twice under two spellings of a name."""
    with pytest.raises(BadRows, match="stands on line 2 already"):
        imported(session, f"{first},,area,0317300,2015-01-05,,,,,", f"{second},,area,0317300,2015-01-05,,,,,")


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("A,,area,0317300,2010-01-05,2013-01-05,,,,2;1", "term_years: a renewal's term is 2 to 5 years"),
        ("A,,area,0317300,2010-01-05,2013-01-05,,,,2;6", "term_years: a renewal's term is 2 to 5 years"),
        ("A,,area,0317300,2010-01-05,,,,,3", "term_years: an initial term is 2 years"),
        ("A,,area,REG-PHI,2010-01-05,,,,,", "“area” is led by “Philadelphia Region” (region)"),
        ("A,,national,0317300,2010-01-05,,,,,", "“national” is led by “Wilmington Area Office” (area)"),
    ],
)
def test_what_is_unusual_is_imported_with_a_warning(session, line, warning):
    """History is what it was: an odd term or an odd lead office is told and imported."""
    result = imported(session, line)

    assert result.created == ("A",)
    assert warning in result.warnings[0]


def test_an_office_is_found_by_its_town(session):
    """“Area Office” may be left out where one office alone has the rest of the name."""
    imported(session, "A,,area,wilmington,2015-01-05,,,,,")

    assert the(session)["offices"] == ["0317300"]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("A,,area,Philadelphia,2015-01-05,,,,,", "offices", "the closest are Philadelphia "),
        (",,area,0317300,2015-01-05,,,,,", "name", "is missing"),
        ("A,,,0317300,2015-01-05,,,,,", "level", "is missing"),
        ("A,,area,,2015-01-05,,,,,", "offices", "is missing"),
        ("A,,area,0317300,,,,,,", "signed", "is missing"),
        ("A,,local,0317300,2015-01-05,,,,,", "level", "“local” is none of national, regional, area"),
        ("A,,area,Wilmingtn,2015-01-05,,,,,", "offices", "the closest are Wilmington Area Office (0317300), "),
        ("A,,area,0317300;Wilmington Area Office,2015-01-05,,,,,", "offices", "is named twice"),
        ("A,One; ONE,area,0317300,2015-01-05,,,,,", "participants", "“ONE” is named twice"),
        ("A,,area,0317300,3019-10-30,,,,,", "signed", "cannot be right: the year is 3019"),
        ("A,,area,0317300,0019-10-30,,,,,", "signed", "cannot be right: the year is 19"),
        ("A,,area,0317300,2023-02-30,,,,,", "signed", "is not a date; write 2023-02-28 or 2/28/2023"),
        ("A,,area,0317300,28/2/2023,,,,,", "signed", "is not a date"),
        ("A,,area,0317300,2/28/23,,,,,", "signed", "is not a date"),
        ("A,,area,0317300,last May,,,,,", "signed", "“last May” is not a date"),
        ("A,,area,0317300,2026-11-24,,,,,", "signed", "2026-11-24 lies in the future"),
        ("A,,area,0317300,2015-01-05,2026-12-01,,,,", "renewed", "2026-12-01 lies in the future"),
        ("A,,area,0317300,2015-01-05,2014-01-05,,,,", "renewed", "lies before the signing of 2015-01-05"),
        ("A,,area,0317300,2015-01-05,2015-01-05,,,,", "renewed", "2015-01-05 stands there twice"),
        ("A,,area,0317300,2015-01-05,2017-01-05;1/5/2017,,,,", "renewed", "2017-01-05 stands there twice"),
        ("A,,area,0317300,2015-01-05,2017-01-05;soon,,,,", "renewed", "“soon” is not a date"),
        ("A,,area,0317300,2015-01-05,,2014-01-05,,,", "ambassador", "lies before the signing of 2015-01-05"),
        ("A,,area,0317300,2015-01-05,,,2014-01-05,,", "concluded", "lies before the signing of 2015-01-05"),
        ("A,,area,0317300,2015-01-05,2018-01-05,,2017-01-05,,", "concluded", "before the signing of 2018-01-05"),
        ("A,,area,0317300,2015-01-05,,,2027-01-05,,", "concluded", "lies in the future"),
        ("A,,area,0317300,2015-01-05,,2018-01-05,2018-01-05,,", "concluded", "give one of the two"),
        ("A,,area,0317300,2015-01-05,2017-01-05,,,,2", "term_years", "the agreements are 2, the terms 1"),
        ("A,,area,0317300,2015-01-05,,,,,2;2", "term_years", "the agreements are 1, the terms 2"),
        ("A,,area,0317300,2015-01-05,,,,,two", "term_years", "“two” is not a whole number of years"),
        ("A,,area,0317300,2015-01-05,,,,,2.5", "term_years", "is not a whole number of years"),
        ("A,,area,0317300,2015-01-05,,,,,0", "term_years", "0 years are no term"),
        ("A,,area,0317300,2015-01-05,,,,,99999999999999999999", "term_years", "are no term"),
        (f"{'n' * 301},,area,0317300,2015-01-05,,,,,", "name", "301 characters; 300 are the most"),
        (f"A,{'n' * 301},area,0317300,2015-01-05,,,,,", "participants", "301 characters"),
        (f"A,,area,0317300,2015-01-05,,,,{'n' * 301},", "source", "301 characters"),
        ("FIRST,,area,0317300,2015-01-05,,,,,", "name", "“FIRST” stands on line 2 already"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(session, line, column, words):
    """Each mistake is told with file, line, column and reason, and the good rows are not written either."""
    with pytest.raises(BadRows) as refused:
        imported(session, "First,,area,0317300,2015-01-05,,,,,", line)

    (bad,) = refused.value.rows
    assert (bad.file, bad.line, bad.column) == ("my.csv", 3, column)
    assert words in bad.reason
    assert str(bad) in refused.value.sentence
    assert session.scalar(select(func.count()).select_from(Alliance)) == 0


def test_every_bad_row_is_told_at_once(session):
    """A file with several mistakes is told all of them, in the order of the lines."""
    with pytest.raises(BadRows) as refused:
        imported(session, "A,,area,nowhere,soon,,,,,", "B,,area,0317300,2015-01-05,,,,,", "C,,x,,2015-01-05,,,,,")

    assert [(bad.line, bad.column) for bad in refused.value.rows] == [
        (2, "offices"),
        (2, "signed"),
        (4, "level"),
        (4, "offices"),
    ]


def test_an_office_code_may_have_lost_its_zeros(session):
    """A spreadsheet that turned a code into a number still finds the office."""
    imported(session, "A,,area,317300,2015-01-05,,,,,")

    assert the(session)["offices"] == ["0317300"]


def read_or_refuse(content):
    """Return the table in a file, None when it is refused."""
    try:
        return read_table("any.csv", content, ALLIANCE_COLUMNS)
    except Refused:
        return None


CELL = st.one_of(
    st.sampled_from(
        ["A", "a", "İ", "i", "ß", "SS", "area", "regional", "0317300", "Wilmington Area Office", "REG-PHI", "2"]
    ),
    st.sampled_from(["2015-01-05", "1/5/2017", "2019-01-05;2021-01-05", "2;5", "3019-01-01", ";", '"', "\n", ""]),
    st.text(max_size=12),
)
COLUMN = st.permutations(["name", "level", "offices", "signed", "renewed", "concluded", "term_years"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(COLUMN, st.lists(st.lists(CELL, min_size=7, max_size=7), min_size=1, max_size=4))
def test_no_table_causes_anything_but_a_result_or_a_refusal(session, columns, grid):
    """Whatever stands in the cells, the import answers with a result or a sentence."""
    likely = {"name": "A", "level": "area", "offices": "0317300", "signed": "2015-01-05"}
    lines = [",".join(columns)]
    for cells in grid:
        # A drawn empty cell becomes a likely one, so that good rows are drawn too.
        told = [cell or likely.get(column, "") for cell, column in zip(cells, columns, strict=True)]
        lines.append(",".join('"{}"'.format(cell.replace('"', '""')) for cell in told))
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    table = read_or_refuse(text)
    if table is None:
        return
    try:
        result = import_alliances(session, table, by="Avery Example", now=NOW)
    except BadRows as refused:
        told = refused.rows
    else:
        told = [*result.created, *result.changed, *result.unchanged]
    assert told
