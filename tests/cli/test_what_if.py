"""The commands that look ahead and back, as an operator and a program see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

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
    """Address of a database with the sample; nothing here writes to it."""
    create_database(server_url, "what_if", TEMPLATE)
    address = address_of(server_url, "what_if")
    engine = create_engine(address)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        check_rules(session, now=NOW)
        session.commit()
    engine.dispose()
    yield address
    administer(server_url, 'DROP DATABASE "what_if" WITH (FORCE)')


@pytest.fixture
def sample(records, monkeypatch, capsys):
    """Runs `alliance ARGS` on the sample, on Monday, November 23, 2026; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", records)
    monkeypatch.delenv("ALLIANCE_CLOCK_URL", raising=False)
    monkeypatch.setattr(clocks, "_machine_time", lambda: NOW)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def as_json(run, *arguments):
    """Run a command that answers in JSON."""
    code, out, err = run(*arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def test_a_simulation_lists_messages_with_their_duties(sample):
    """Each names its moment on the office's clock, its channel, and for each duty the stage and why."""
    found = as_json(sample, "simulate", "--from", "2026-11-23", "--to", "2026-11-25", "--office", "REG-PHI")
    assert found
    assert {*found[0]} == {
        *("at", "office", "office_name", "channel", "kind", "message_kind", "thread", "person", "text", "duties")
    }
    assert found[0]["at"] == "2026-11-23T09:00:00-05:00"
    assert all(m["channel"] and m["duties"] and m["text"] for m in found)
    assert all(d["stage"] and d["why"] and d["clauses"] for m in found for d in m["duties"])
    assert [m["at"] for m in found] == sorted(m["at"] for m in found)


def test_a_simulation_for_people_counts_its_messages(sample):
    """One line a message, one a duty, and their number."""
    code, out, err = sample("simulate", "--from", "2026-11-24", "--to", "2026-11-25")
    assert (code, err) == (0, "")
    assert "2026-11-24 09:00 EST  0317300, Wilmington Area Office, to C0SAMPLE0317300\n    Reach the milestone" in out
    assert out.splitlines()[-1].endswith("messages")
    assert {line[:10] for line in out.splitlines() if line.startswith("2026")} == {"2026-11-24", "2026-11-25"}


def test_a_simulation_of_days_gone_says_what_it_shows(sample):
    """What was really sent is another question, and the answer says so beside the list."""
    code, out, err = sample("simulate", "--from", "2026-11-02", "--to", "2026-11-03")
    assert code == 0
    assert "2026-11-02 has passed" in err
    assert out.startswith("2026-11-02 09:00 EST")


def test_a_preview_lists_the_dates_of_a_signing(sample):
    """A new alliance of a level, or the renewal of one on record."""
    code, out, err = sample("preview", "--level", "regional", "--sign", "2027-03-01")
    assert (code, err) == (0, "")
    assert out.startswith("A regional alliance signed on March 1, 2027 would run 2 years, in effect through March 1")
    assert "Submit the annual report" in out
    assert out.rstrip().endswith("nothing was saved.")
    found = as_json(sample, "preview", "--from-alliance", "la plaza", "--sign", "2027-06-20", "--term", "3")
    assert {"2030-06-20"} == {duty["due_on"] for duty in found if duty["rule"] == "renewal-decision"} - {"2027-06-20"}


def test_a_difference_tells_what_a_parameter_would_do(sample):
    """By rule in numbers, by alliance with both dates."""
    code, out, err = sample("policy", "diff", "--parameter", "annual_report_days=45")
    assert (code, err) == (0, "")
    assert "annual-report" in out
    assert " -> " in out
    found = as_json(sample, "policy", "diff", "--parameter", "annual_report_days=45@2027-01-01", "--ahead", "400")
    assert found["parameters"] == [{"name": "annual_report_days", "value": 45, "from": "2027-01-01"}]
    assert {*found["counts"]} == {"annual-report"}
    moved = [c for c in found["changes"] if c["change"] == "moved"]
    assert moved
    assert all(c["before"]["due_on"] > c["after"]["due_on"] >= "2027-01-01" for c in moved)
    assert "Nothing would change." in sample("policy", "diff", "--parameter", "annual_report_days=60")[1]


def test_what_was_known_is_told_beside_what_it_rests_on(sample):
    """Before the sample was entered nothing was owed; afterwards what is owed is known."""
    code, out, err = sample("due", "--as-known-on", "2026-11-22")
    assert (code, out) == (0, "Nothing is owed on November 22, 2026.\n")
    assert err.startswith("As known at the end of November 22, 2026.")
    assert as_json(sample, "due", "--as-known-on", "2026-11-23") == as_json(sample, "due", "--as-of", "2026-11-23")
    code, out, err = sample("explain", "--alliance", "la plaza", "--rule", "work-plan", "--as-known-on", "2026-11-23")
    assert code == 0
    assert "Nobody had been told of it by the end of November 23, 2026." in out
    found = as_json(sample, "explain", "--alliance", "la plaza", "--rule", "evaluation", "--as-known-on", "2026-11-23")
    assert (found["known_on"], found["told"], found["rule"]) == ("2026-11-23", [], "evaluation")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["simulate", "--from", "2026-12-02", "--to", "2026-12-01"], 2, "lies before"),
        (["simulate", "--from", "2026-12-02", "--to", "2040-12-01"], 2, "at most five years"),
        (["simulate", "--from", "2026-12-02", "--to", "2026-12-03", "--office", "NOPE"], 1, "no office with the code"),
        (["simulate", "--from", "2026-12-02", "--to", "2026-12-03", "--format", "csv"], 2, "as text or as JSON"),
        (["preview", "--sign", "2026-12-02"], 2, "give --level"),
        (["preview", "--sign", "2026-12-02", "--level", "area", "--term", "3"], 1, "A new alliance runs 2 years"),
        (["preview", "--sign", "2026-12-02", "--from-alliance", "Nobody at all"], 1, "No alliance is called"),
        (["policy", "diff", "--parameter", "annual_report_days"], 1, "write NAME=VALUE"),
        (["policy", "diff", "--parameter", "anual_report_days=3"], 1, "Closest: annual_report_days"),
        (["due", "--as-known-on", "soon"], 2, "is no day"),
        (
            ["explain", "--alliance", "la plaza", "--rule", "meetings", "--as-known-on", "2026-11-01"],
            1,
            "was not on record yet",
        ),
    ],
)
def test_a_mistake_gets_one_line_and_its_exit_code(sample, arguments, code, words):
    """What is wrong stands on standard error in one line; nothing stands on standard output."""
    got, out, err = sample(*arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


def test_the_outbox_foretells_what_the_simulation_sends(sample):
    """Both name the same messages of the week with the same stages; the simulation adds what opens meanwhile."""
    planned = {
        (message["office"], message["at"]): {(said["obligation_id"], said["stage"]) for said in message["said"]}
        for message in as_json(sample, "outbox")["planned"]
    }
    simulated = {}
    for message in as_json(sample, "simulate", "--from", "2026-11-23", "--to", "2026-11-30"):
        said = {(duty["id"], duty["stage"]) for duty in message["duties"]}
        simulated.setdefault((message["office"], message["at"]), set()).update(said)
    assert len(planned) > 10
    assert {key: said & simulated.get(key, set()) for key, said in planned.items()} == planned
    known = {id for said in planned.values() for id, _ in said}
    assert {(key, id) for key, said in simulated.items() for id, _ in said if id in known} == {
        (key, id) for key, said in planned.items() for id, _ in said
    }


def test_the_outbox_of_an_office_is_printed_for_people(sample):
    """Nothing waits and nothing failed; what goes out says when and why. An unknown office is refused."""
    code, out, err = sample("outbox", "--office", "REG-PHI", "--days", "3")
    assert (code, err) == (0, "")
    assert out.startswith("Nothing is on its way to Slack.\n\nNothing failed in the last 30 days.\n")
    assert "2026-11-24 09:00 EST  0317300, Wilmington Area Office\n      Reach the milestone" in out
    assert "Atlanta" not in out
    assert sample("outbox", "--office", "NOWHERE")[0] == 1
