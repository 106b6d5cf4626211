"""The commands that look ahead and back, as an operator and a program see them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import sample_database


@pytest.fixture(scope="module")
def records(server_url) -> Iterator[str]:
    """Address of a database with the sample; nothing here writes to it."""
    with sample_database(server_url, "what_if") as address:
        yield address


@pytest.fixture
def sample(records, run_on):
    """Runs `alliance ARGS` on the sample; gives exit code, output and errors."""
    return run_on(records)


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
        *("at", "office", "office_name", "channel", "kind", "message_kind", "thread", "person", "text", "duties", "why")
    }
    assert found[0]["at"] == "2026-11-23T09:00:00-05:00"
    assert all(m["channel"] and m["duties"] and m["text"] for m in found)
    assert all((d["stage"] or m["why"]) and d["why"] and d["clauses"] for m in found for d in m["duties"])
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
    code, out, _ = sample("policy", "diff", "--parameter", "annual_report_days=45")
    assert code == 0
    assert "annual-report" in out
    assert " -> " in out
    found = as_json(sample, "policy", "diff", "--parameter", "annual_report_days=45@2027-01-01", "--ahead", "400")
    assert found["parameters"] == [{"name": "annual_report_days", "value": 45, "from": "2027-01-01"}]
    assert {*found["counts"]} == {"annual-report"}
    moved = [c for c in found["changes"] if c["change"] == "moved"]
    assert moved
    assert all(c["before"]["due_on"] > c["after"]["due_on"] >= "2027-01-01" for c in moved)
    assert "Nothing would change." in sample("policy", "diff", "--parameter", "annual_report_days=60")[1]
    assert "draft-comment (asked of " in sample("policy", "diff", "--parameter", "draft_comment_working_days=5")[1]


def test_a_change_of_what_the_text_states_is_warned_of(sample):
    """The number of an office is its own; that of the directive is named with its clause."""
    _, out, err = sample("policy", "diff", "--parameter", "annual_report_days=45")
    assert "moved" in out
    assert err.startswith("Warning: annual_report_days: the directive states 60 calendar days (CSP 04-01-002 VIII.F.3)")
    assert sample("policy", "diff", "--parameter", "report_handoff_days=40")[2] == ""
    assert sample("policy", "diff", "--parameter", "annual_report_days=60")[2] == ""


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
        (["policy", "diff", "--parameter", "renewal_term_years=7"], 1, "a renewal runs 2 to 5 years"),
        (["due", "--as-known-on", "soon"], 2, "is no day"),
        (["due", "--as-known-on", "2026-11-24"], 2, "what will be known on November 24, 2026 cannot be told"),
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
    """Both name the same reminders of the week with the same stages; the simulation adds what opens meanwhile."""
    planned = {
        (message["office"], message["at"]): {(said["obligation_id"], said["stage"]) for said in message["said"]}
        for message in as_json(sample, "outbox")["planned"]
    }
    simulated = {}
    for message in as_json(sample, "simulate", "--from", "2026-11-23", "--to", "2026-11-30"):
        # A digest sums up, and announces no stage.
        said = {(duty["id"], duty["stage"]) for duty in message["duties"] if message["why"] is None}
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


def test_a_preview_tells_programs_what_may_be_done_too(sample):
    """As the text form does: a permission is due on no day, and comes after what is."""
    asked = ("preview", "--sign", "2028-06-01", "--from-alliance", "La Plaza")
    code, words, _ = sample(*asked)
    assert code == 0
    found = as_json(sample, *asked)
    possible = [one for one in found if one["modality"] == "permission"]
    assert [(one["rule"], one["due_on"]) for one in possible] == [("ambassador-eligible", None)]
    assert found[-1] == possible[0]
    assert f"{possible[0]['opens_on']}  from" in words
    assert len(found) == sum(1 for line in words.splitlines() if line[:2] == "20")
