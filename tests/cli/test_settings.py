"""Settings and closures at the terminal: shown with their origin, compared before they are saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cli import main
from cli.load_sample import load_sample
from operations.remind.check_rules import check_rules
from runtime import clock as clocks
from tests.conftest import TEMPLATE, address_of, administer, create_database

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def records(server_url) -> Iterator[str]:
    """Address of a database with the sample; each test leaves it as it was."""
    create_database(server_url, "settings", TEMPLATE)
    address = address_of(server_url, "settings")
    engine = create_engine(address)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        check_rules(session, now=NOW)
        session.commit()
    engine.dispose()
    yield address
    administer(server_url, 'DROP DATABASE "settings" WITH (FORCE)')


@pytest.fixture
def alliance(records, monkeypatch, capsys):
    """Runs `alliance ARGS` on the sample; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", records)
    monkeypatch.delenv("ALLIANCE_CLOCK_URL", raising=False)
    monkeypatch.setattr(clocks, "_machine_time", lambda: NOW)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main.run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def own(run):
    """Return what each office set for itself."""
    return json.loads(run("settings", "show", "--format", "json")[1])


def test_all_settings_of_an_office_are_shown_with_their_origin(alliance):
    """As text and as JSON, with the next messages."""
    code, out, _ = alliance("settings", "show", "--office", "reg-phi")
    assert code == 0
    assert out.startswith("Philadelphia Region (REG-PHI), America/New_York")
    assert "meetings_required" in out
    assert "30,14,7,1,0  (default)" in out
    assert "Next messages: 2026-11-24 14:00 UTC" in out
    card = json.loads(alliance("settings", "show", "--office", "REG-PHI", "--format", "json")[1])
    assert {"name", "value", "own", "above", "inherited", "inherited_from"} == {*card["settings"][0]}


def test_a_dry_run_shows_the_difference_and_writes_nothing(alliance, monkeypatch):
    """Without --yes somebody has to say so, and silence is no."""
    before = own(alliance)
    code, out, _ = alliance("settings", "set", "--office", "REG-PHI", "meetings_required=3", "--dry-run")
    assert code == 0
    assert "meetings_required: none -> 3" in out
    assert "required 2 -> 3" in out
    assert out.splitlines()[-1] == "Nothing was changed."
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    code, out, err = alliance("settings", "set", "--office", "REG-PHI", "meetings_required=3")
    assert (code, err) == (1, "Stopped.\n")
    assert "Save this?" in out
    assert own(alliance) == before


def test_settings_are_saved_and_taken_away(alliance):
    """Several at once; an empty value gives what holds above."""
    before = own(alliance)
    wanted = ("days_before.default=10,0", "schedule=0 8 * * 1", "meetings_mandatory=yes")
    code, out, err = alliance("settings", "set", "--office", "REG-PHI", *wanted, "--yes")
    assert (code, err, out.splitlines()[-1]) == (0, "", "Saved.")
    assert "Reminders of the duties open today:" in out
    assert own(alliance)["REG-PHI"] == {
        "days_before.default": [10, 0],
        "meetings_mandatory": True,
        "schedule": "0 8 * * 1",
    }
    nothing = ("days_before.default=", "schedule=default", "meetings_mandatory=none")
    assert alliance("settings", "set", "--office", "REG-PHI", *nothing, "--yes")[0] == 0
    assert own(alliance) == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["settings", "set", "--office", "NOWHERE", "meetings_required=3"], 1, "no office with the code"),
        (["settings", "set", "--office", "REG-PHI", "meetings=3"], 1, "There is no setting “meetings”. Closest:"),
        (["settings", "set", "--office", "REG-PHI", "schedule=* * * * * *"], 1, "give five plain fields"),
        (["settings", "set", "--office", "REG-PHI", "ambassador_option=perhaps"], 1, "valid boolean"),
        (["settings", "show", "--format", "csv"], 2, "as text or as JSON"),
        (["closures", "add", "2026-11-26", "--reason", "Storm"], 1, "no working day anyway: Thanksgiving"),
        (["closures", "add", "soon", "--reason", "Storm"], 2, "is no day"),
        (["closures", "remove", "2026-12-09"], 1, "is not entered as closed"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(alliance, arguments, code, words):
    """No traceback, and the exit code says whose mistake it is."""
    got, _, err = alliance(*arguments)
    assert (got, err.count("\n")) == (code, 1)
    assert words in err


def test_closures_are_listed_added_and_removed(alliance):
    """A dry run writes nothing."""
    assert alliance("closures", "list")[1] == "No closure is entered.\n"
    assert alliance("closures", "add", "2026-12-09", "--reason", "Storm", "--dry-run")[0] == 0
    assert alliance("closures", "list")[1] == "No closure is entered.\n"
    code, out, _ = alliance("closures", "add", "2026-12-09", "--reason", "Storm", "--yes")
    assert (code, out.splitlines()[0]) == (
        0,
        "2026-12-09 closed (Storm), of the duties on 2026-11-23 and those due by 2027-11-23:",
    )
    assert alliance("closures", "list")[1] == "2026-12-09  Storm\n"
    assert alliance("closures", "remove", "2026-12-09", "--yes")[0] == 0
    assert alliance("closures", "list")[1] == "No closure is entered.\n"
