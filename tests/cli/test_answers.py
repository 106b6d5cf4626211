"""The commands that read and enter records, as an operator and a program see them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.orm import Session

from cli.load_sample import load_sample
from models.alliances import Alliance, Ending
from models.duties import Obligation
from models.offices import Office
from models.plans import PlannedActivity
from tests.cli.conftest import NOW

KEYS = [
    *("id", "alliance", "level", "offices", "rule", "period", "opens_on", "due_on", "working_day", "status", "basis"),
    *("modality", "edition", "clauses", "carried_over", "owner", "required", "held", "why"),
    *("scheduled", "needed", "pace_on", "next_by", "at_risk", "detail"),
    *("settled_on", "reason", "scheduled_on", "unrecorded_on", "undated_by", "risk"),
]


@pytest.fixture
def alliance(database, run_on):
    """Runs `alliance ARGS` against an empty database; gives exit code, output and errors."""
    return run_on(database)


@pytest.fixture
def sample(database, alliance):
    """The same, with the sample loaded."""
    engine = create_engine(database)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        session.commit()
    engine.dispose()
    return alliance


@contextmanager
def changing(database: str) -> Iterator[Session]:
    """Change the records as nobody should."""
    engine = create_engine(database)
    with Session(engine) as session:
        yield session
        session.commit()
    engine.dispose()


def duties(run, *arguments) -> list[dict]:
    """Run a command that lists duties as JSON."""
    code, out, err = run(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_due_lists_what_the_rules_ask_of_the_sample(sample):
    """Each duty has the promised keys, a clause and its steps; what is due first stands first."""
    found = duties(sample, "due", "--as-of", "2026-11-22")
    assert all([*duty] == KEYS for duty in found)
    assert all(duty["clauses"] and duty["why"] for duty in found)
    dates = [duty["due_on"] or "9999" for duty in found]
    assert dates == sorted(dates)
    (decision,) = [d for d in found if d["alliance"] == "ABC Florida Gulf Coast" and d["rule"] == "renewal-decision"]
    assert (decision["period"], decision["due_on"], decision["status"], decision["basis"]) == (
        "2021-03-25/2026-03-25",
        "2026-03-25",
        "overdue",
        "faq",
    )
    assert "CSP 04-01-002 IX.C.3" in decision["clauses"]


def test_due_writes_nothing(sample, database):
    """Looking at what is owed leaves no obligation behind."""
    duties(sample, "due", "--as-of", "2030-01-01")
    engine = create_engine(database)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Obligation)) == 0
    engine.dispose()


def test_an_office_has_the_duties_of_the_offices_below(sample):
    """The region's list holds those of its area offices, and no others."""
    of_region = duties(sample, "due", "--as-of", "2026-11-22", "--office", "REG-PHI")
    assert {code for duty in of_region for code in duty["offices"]} == {"REG-PHI", "0317300"}


def test_within_cuts_what_is_further_away(sample):
    """Thirty days on from November 22 is December 22."""
    found = duties(sample, "due", "--as-of", "2026-11-22", "--within", "30")
    assert found
    assert max(duty["due_on"] for duty in found) <= "2026-12-22"


def test_all_adds_what_is_settled(sample):
    """What was met is listed only when it is asked for."""
    everything = duties(sample, "due", "--as-of", "2026-11-22", "--all")
    settled = {duty["status"] for duty in everything}
    assert "met" in settled
    assert {bool(duty["settled_on"]) for duty in everything if duty["status"] == "met"} == {True}
    assert "met" not in {duty["status"] for duty in duties(sample, "due", "--as-of", "2026-11-22")}


def test_a_forecast_lies_in_its_range(sample):
    """Nothing before the first day, nothing after the last."""
    found = duties(sample, "forecast", "--from", "2026-12-01", "--to", "2026-12-31")
    assert found
    assert all("2026-12-01" <= duty["due_on"] <= "2026-12-31" for duty in found)
    heading = sample("forecast", "--from", "2026-12-01", "--to", "2026-12-31")[1].splitlines()[0]
    assert heading.endswith("if nothing more is recorded; days are counted from 2026-12-01.")


def test_the_date_of_a_duty_is_the_same_on_every_command(sample):
    """due, forecast and explain give one date, one id and one derivation."""
    asked = ("--alliance", "Georgia Struck By Alliance", "--rule", "evaluation")
    code, out, _ = sample("explain", *asked, "--as-of", "2026-11-22", "--format", "json")
    explained = json.loads(out)
    assert code == 0
    for found in (
        duties(sample, "due", "--as-of", "2026-11-22"),
        duties(sample, "forecast", "--from", "2026-11-22", "--to", "2026-12-31"),
    ):
        (same,) = [duty for duty in found if duty["id"] == explained["id"]]
        assert (same["due_on"], same["clauses"]) == (explained["due_on"], explained["clauses"])


def test_a_rule_that_fails_over_one_alliance_stops_no_list(sample, database):
    """The rest is printed; the rule and the alliance are named on stderr, and the answer is no."""
    with changing(database) as session:
        ended = select(Ending.alliance_id)
        national = session.scalars(
            select(Alliance).where(Alliance.level == "national", Alliance.id.not_in(ended))
        ).first()
        name, today = national.name, NOW.date()
        session.add(
            PlannedActivity(alliance_id=national.id, on_day=date.min, place="Ohio", title="Talk", recorded_on=today)
        )
    sentence = f"The duties of {name} could not be worked out: the rule “activity-notice” fails over its records."
    for command in (
        ("due", "--as-of", "2026-11-23"),
        ("due", "--as-known-on", "2026-11-23"),
        ("forecast", "--from", "2026-11-23", "--to", "2026-12-31"),
    ):
        code, out, err = sample(*command, "--format", "json")
        assert code == 1
        assert json.loads(out)
        assert err.splitlines()[-1] == f"This list is not complete. {sentence}"
    for day in ("--as-of", "--as-known-on"):
        code, out, err = sample("explain", "--alliance", name, "--rule", "meetings", day, "2026-11-23")
        assert (code, out, err) == (1, "", f"{sentence}\n")


def test_a_warning_does_not_stand_in_the_output(sample, database):
    """A setting that cannot be used is warned of on standard error; what a program reads stays JSON."""
    with changing(database) as session:
        session.execute(update(Office).where(Office.code == "REG-PHI").values(settings={"meetings_required": "many"}))
    code, out, err = sample("due", "--as-of", "2026-11-23", "--format", "json")
    assert code == 0
    assert json.loads(out)
    assert "the default settings are used" in err


def test_an_explanation_quotes_its_clauses(sample):
    """A person reads numbered steps, with the clause's own words."""
    code, out, _ = sample("explain", "--alliance", "la plaza", "--rule", "annual-report", "--as-of", "2026-11-22")
    assert code == 0
    assert out.startswith(
        "Submit the annual report: La Plaza Delaware and DALE\nDue August 19, 2026. Met on August 10, 2026.\n"
    )
    assert "CSP 04-01-002 VIII.F.3: “Submitting alliance annual reports" in out


def test_an_explanation_and_a_preview_say_for_what_a_misspelled_name_is_taken(sample):
    """The name that is meant is told on standard error; one that is spelled right is not."""
    explain = ("explain", "--rule", "meetings", "--alliance")
    for asked in (
        (*explain, "La Plazza"),
        (*explain, "La Plazza", "--as-known-on", "2026-11-23"),
        ("preview", "--sign", "2027-02-26", "--from-alliance", "La Plazza"),
    ):
        _, out, err = sample(*asked)
        assert err.startswith("“La Plazza” is taken for La Plaza Delaware and DALE.\n"), asked
        assert "La Plaza Delaware and DALE" in out
    assert sample(*explain, "La Plaza")[2] == ""


def test_of_several_duties_what_is_due_first_is_explained_and_the_others_are_named(sample):
    """The comments that other offices owe stand beside it, and words of what one is about pick it."""
    found = [d for d in duties(sample, "due", "--as-of", "2026-11-23") if d["rule"] == "draft-comment"]
    asked = ("explain", "--alliance", found[0]["alliance"], "--rule", "draft-comment", "--as-of", "2026-11-23")
    code, out, err = sample(*asked)
    assert code == 0, err
    assert (
        out.splitlines()[0]
        == f"Comment on the proposal or draft of a national agreement ({found[0]['detail']}): {found[0]['alliance']}"
    )
    for duty in found[1:]:
        assert duty["detail"] in next(line for line in out.splitlines() if line.startswith("Also: "))
        plain = json.loads(sample(*asked, "--about", duty["detail"], "--format", "json")[1])
        assert plain["id"] == duty["id"]
        assert len(plain["also"]) == len(found) - 1
    code, _, err = sample(*asked, "--about", "Nowhere")
    assert code == 1
    assert all(duty["detail"] in err for duty in found)
    assert all(duty["detail"] in sample("due", "--as-of", "2026-11-23")[1] for duty in found)


def test_an_empty_database_says_what_to_do_first(alliance):
    """Nobody is left before an empty list."""
    code, out, _ = alliance("due")
    assert code == 0
    assert out.startswith("No alliance is on record yet: ./run loads a sample")


def test_csv_is_read_back_whole_and_runs_no_formula(sample, database):
    """Every row has every column; a name that begins like a formula is made harmless."""
    engine = create_engine(database)
    with Session(engine) as session:
        session.scalars(select(Alliance).where(Alliance.name == "La Plaza Delaware and DALE")).one().name = "=1+1, Inc"
        session.commit()
    engine.dispose()
    code, out, _ = sample("due", "--as-of", "2026-11-22", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [*rows[0]] == KEYS
    assert "'=1+1, Inc" in {row["alliance"] for row in rows}


def test_a_table_is_for_people(sample):
    """The table says how each duty stands in words, and how many there are."""
    code, out, _ = sample("due", "--as-of", "2026-11-22", "--office", "0317300")
    assert code == 0
    assert out.startswith("What is owed on November 22, 2026:\n\ndue ")
    assert "due in 209 days" in out
    assert out.rstrip().endswith("duties")


def test_a_table_says_under_a_duty_to_meet_what_its_year_still_needs(sample):
    """The line below has its own width; programs get the same figures."""
    asked = ("due", "--as-of", "2026-11-22", "--office", "0418100")
    _, out, _ = sample(*asked)
    lines = out.splitlines()
    (number,) = [n for n, line in enumerate(lines) if "Hold the Implementation Team meetings" in line]
    assert lines[number + 1] == (
        "            1 of 2 meetings held, 1 scheduled for December 2, 2026, none still needed"
    )
    (duty,) = [duty for duty in duties(sample, *asked) if duty["rule"] == "meetings"]
    figures = ("held", "scheduled", "needed", "pace_on", "next_by", "at_risk")
    assert [duty[name] for name in figures] == [1, 1, 0, "2026-06-05", "2026-12-04", False]
    days = ("scheduled_on", "unrecorded_on", "undated_by", "risk")
    assert [duty[name] for name in days] == [["2026-12-02"], [], None, None]
    _, table, _ = sample("due", "--as-of", "2026-11-22")
    risks = [duty["risk"] for duty in duties(sample, "due", "--as-of", "2026-11-22") if duty["at_risk"]]
    assert risks
    assert all(f"; at risk: {risk}" in table for risk in risks)
    others = [duty for duty in duties(sample, *asked) if duty["rule"] != "meetings"]
    assert {duty["scheduled"] for duty in others} == {None}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["due", "--as-of", "2026-02-30"], 2, "is no day"),
        (["due", "--as-of", "9999-12-31"], 2, "too far away"),
        (["due", "--office", "NOPE"], 1, "no office with the code"),
        (["due", "--as-known-on", "2026-11-24"], 2, "what will be known on November 24, 2026 cannot be told"),
        (
            ["explain", "--alliance", "La Plaza", "--rule", "meetings", "--as-known-on", "2027-01-01"],
            2,
            "--as-of looks at a day to come",
        ),
        (["forecast", "--from", "2026-12-02", "--to", "2026-12-01"], 2, "lies before"),
        (["explain", "--alliance", "Nobody at all", "--rule", "meetings"], 1, "No alliance is called"),
        (["explain", "--alliance", "Chicago Roofing", "--rule", "meetings"], 1, "may mean several"),
        (["explain", "--alliance", "La Plaza", "--rule", "metings"], 1, "There is no rule"),
        (
            ["explain", "--alliance", "La Plaza", "--rule", "meetings", "--period", "x"],
            1,
            "it has 2 duties: 2026-06-20/2027-06-19, open, due June 19, 2027; 2025-06-20/2026-06-19, met on",
        ),
        (["explain", "--alliance", "NSC", "--rule", "meetings"], 1, "had opened by"),
        (["import", "offices", "/no/such.csv"], 1, "cannot be read"),
        (["due", "--format", "xml"], 2, "Invalid value for '--format': 'xml' is not one of 'table', 'json', 'csv'."),
        (["due", "--within", "x"], 2, "this is no whole number."),
        (["due", "--within", "-3"], 2, "it takes 0 or more."),
        (["due", "--nope"], 2, "No such option: --nope. See"),
        (["due", "--office", "REG-PHL"], 1, "Closest: REG-PHI ("),
    ],
)
def test_a_mistake_gets_one_line_and_its_exit_code(sample, arguments, code, words):
    """What is wrong stands on standard error in one line; nothing stands on standard output."""
    got, out, err = sample(*arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


OFFICES = "code,name,kind,parent,city,state,timezone,former_region\nTOP,Top,national,,,,UTC,\n"
HEAD = "name,participants,level,offices,signed,renewed,ambassador,concluded,source\n"


@pytest.fixture
def files(tmp_path, alliance):
    """Imports the offices, and gives a function that writes a file of alliances."""
    offices = tmp_path / "offices.csv"
    offices.write_text(OFFICES)
    assert alliance("import", "offices", offices)[0] == 0

    def write(*rows: str) -> str:
        file = tmp_path / "alliances.csv"
        file.write_text(HEAD + "".join(f"{row}\n" for row in rows))
        return str(file)

    return write


def count_of(database, table: str) -> int:
    """Count the rows of a table."""
    engine = create_engine(database)
    with engine.connect() as connection:
        number = connection.scalar(text(f"select count(*) from {table}"))  # noqa: S608 — the test's own words
    engine.dispose()
    return number


def test_bad_rows_are_named_one_to_a_line_and_nothing_is_written(alliance, files, database):
    """Line, column and reason of each; the good row is not written either."""
    file = files("Good,A,national,TOP,2025-01-02,,,,", "Bad,A,national,NOWHERE,3019-01-02,,,,")
    code, out, err = alliance("import", "alliances", file)
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert lines[0] == "Nothing was imported: alliances.csv has 2 mistakes."
    assert any(line.startswith("alliances.csv, line 3, offices:") for line in lines)
    assert any(line.startswith("alliances.csv, line 3, signed:") for line in lines)
    assert count_of(database, "alliances") == 0


def test_a_dry_run_writes_nothing_and_a_second_import_changes_nothing(alliance, files, database):
    """The dry run says what would happen; the import does it; doing it again finds all unchanged."""
    file = files("Good,A,national,TOP,2025-01-02,,,,")
    assert "1 would be created" in alliance("import", "alliances", file, "--dry-run")[1]
    assert count_of(database, "alliances") == 0
    assert "1 created" in alliance("import", "alliances", file, "--tracked-from", "2025-01-01")[1]
    assert count_of(database, "obligations") > 0
    assert "0 created, 0 changed, 1 unchanged" in alliance("import", "alliances", file)[1]


def test_the_audit_is_verified_and_a_break_is_named(alliance, files, database):
    """A whole chain exits 0, a broken one 1 with the entry."""
    alliance("import", "alliances", files("Good,A,national,TOP,2025-01-02,,,,"))
    code, out, _ = alliance("audit", "verify")
    assert code == 0
    assert out.startswith("The audit is whole: ")
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("alter table audit disable trigger audit_append_only"))
        connection.execute(text("update audit set actor = 'x' where seq = 2"))
    engine.dispose()
    assert alliance("audit", "verify")[::2] == (1, "The audit is broken at entry 2: what it says was changed.\n")
