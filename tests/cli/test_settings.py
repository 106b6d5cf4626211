"""Settings and closures at the terminal: shown with their origin, compared before they are saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest

from tests.cli.conftest import sample_database


@pytest.fixture(scope="module")
def records(server_url) -> Iterator[str]:
    """Address of a database with the sample; each test leaves it as it was."""
    with sample_database(server_url, "settings") as address:
        yield address


@pytest.fixture
def alliance(records, run_on):
    """Runs `alliance ARGS` on the sample; gives exit code, output and errors."""
    return run_on(records)


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


def test_a_region_is_shown_that_its_own_meetings_are_mandatory(alliance):
    """The setting speaks of area alliances; without an office, channels and schedules count as set."""
    out = alliance("settings", "show", "--office", "REG-PHI")[1]
    line = next(line for line in out.splitlines() if line.startswith("  meetings_mandatory "))
    assert line.endswith(
        "no  (default)  for area alliances; those of Philadelphia Region itself are mandatory (CSP 04-01-002 VI.H)"
    )
    area = alliance("settings", "show", "--office", "0317300")[1]
    assert "are mandatory (CSP" not in area
    assert "No office set anything" not in alliance("settings", "show")[1]
    assert all("channel" in of for of in own(alliance).values())


def test_a_dry_run_shows_the_difference_and_writes_nothing(alliance, monkeypatch):
    """Without --yes somebody has to say so, and silence is no."""
    before = own(alliance)
    three = ("meetings_required=3", "meetings_required_since=2025-01-01")
    code, out, _ = alliance("settings", "set", "--office", "REG-PHI", *three, "--dry-run")
    assert code == 0
    assert "meetings_required: none -> 3\nmeetings_required_since: none -> 2025-01-01\n" in out
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
    assert own(alliance)["REG-PHI"] == before["REG-PHI"] | {
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
        (
            ["settings", "set", "--office", "REG-PHI", "ambassador_option=perhaps"],
            1,
            "ambassador_option: write yes or no",
        ),
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
