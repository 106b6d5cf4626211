"""Explanations: what programs get, and what a sceptic reads."""

from __future__ import annotations

import json
import uuid
from datetime import date

import pytest

from policy.check import check
from policy.duties import Period, Step
from policy.explain import as_json, explain
from policy.facts import Agreement, Facts, Level, TerminationNotice
from policy.rules import RULES
from policy.words import count, day, listing

TODAY = date(2026, 11, 23)
FACTS = Facts(
    id=7,
    name="Example Builders",
    level=Level.AREA,
    offices=("0418800", "0420100"),
    tracked_from=date(2026, 1, 1),
    agreements=(Agreement(1, date(2024, 11, 23)),),
    notices=(TerminationNotice(3, date(2026, 11, 2), "Example Builders"),),
)
KEYS = [
    "id",
    "alliance",
    "level",
    "offices",
    "rule",
    "period",
    "opens_on",
    "due_on",
    "working_day",
    "status",
    "basis",
    "modality",
    "edition",
    "clauses",
    "carried_over",
    "owner",
    "required",
    "held",
    "why",
]


@pytest.fixture(scope="module")
def duties():
    """Every rule shows at least one duty of this alliance."""
    found = check(FACTS, TODAY)
    assert {due.rule for due in found} == set(RULES)
    return found


def test_json_has_the_promised_names(duties):
    """The keys and their order never change, and the whole is plain JSON."""
    for due in duties:
        plain = as_json(FACTS, due)
        assert list(plain) == KEYS
        assert json.loads(json.dumps(plain)) == plain
        assert uuid.UUID(plain["id"]) == due.id


def test_json_of_a_report(duties):
    """Dates are ISO 8601, a period is first/last, clauses carry their edition."""
    report = next(d for d in duties if d.rule == "annual-report")
    plain = as_json(FACTS, report)
    assert plain["alliance"] == "Example Builders"
    assert plain["level"] == "area"
    assert plain["offices"] == ["0418800", "0420100"]
    assert plain["period"] == "2024-11-23/2025-11-22"
    assert (plain["opens_on"], plain["due_on"], plain["working_day"]) == ("2025-11-23", "2026-01-22", "2026-01-22")
    assert plain["clauses"] == ["CSP 04-01-002 VI.E", "CSP 04-01-002 VIII.F.3"]
    assert (plain["status"], plain["basis"], plain["modality"]) == ("overdue", "directive", "mandatory")
    assert (plain["carried_over"], plain["required"], plain["held"]) == (True, None, None)


def test_a_notice_has_no_period(duties):
    """A duty without a period says null."""
    assert as_json(FACTS, next(d for d in duties if d.rule == "termination-notice"))["period"] is None


def test_steps_convince(duties):
    """Each derivation quotes a clause, names a reading, uses the facts and ends with how things stand."""
    for due in duties:
        steps = explain(due)
        text = " ".join(str(step) for step in steps)
        assert any(step.clause in due.clauses for step in steps)
        assert "Reading A" in text
        assert "2024" in text
        assert day(due.due_on) in text
        assert all(step.text.endswith((".", "!")) for step in steps)


def test_steps_are_built_only_when_asked(duties):
    """A check builds no sentence; asking twice gives the same ones."""
    for due in duties:
        assert callable(due.why)
        assert due.why() == due.why()


def test_identity_is_rule_subject_and_period(duties):
    """The id is the same in every run, differs between duties, and does not depend on the day."""
    assert len({due.id for due in duties}) == len(duties)
    later = {due.id for due in check(FACTS, date(2027, 1, 15))}
    assert {due.id for due in duties} <= later


def test_a_step_prints_its_clause():
    """A step with a clause prints its name and its words."""
    clause = RULES["evaluation"].clauses[1]
    assert str(Step("Discuss it.", clause)) == (
        "Discuss it. [CSP 04-01-002 IX.C.2: “Discuss the evaluation with the alliance participants.”]"
    )
    assert str(Step("Nothing.")) == "Nothing."


def test_a_period_holds_both_its_ends():
    """A period includes its first and last day."""
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 1, 1) in period
    assert date(2026, 12, 31) in period
    assert date(2027, 1, 1) not in period


def test_words():
    """Dates, numbers and lists as staff write them."""
    assert day(date(2026, 6, 5)) == "June 5, 2026"
    assert (count(1, "meeting"), count(0, "meeting")) == ("1 meeting", "0 meetings")
    assert [listing([]), listing("a"), listing("ab"), listing("abc")] == ["", "a", "a and b", "a, b and c"]
