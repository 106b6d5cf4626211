"""The notes of the rules, and the pages written from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from policy.chains import Purpose
from policy.clauses import CLAUSES
from policy.criteria import CRITERIA
from policy.duties import Modality
from policy.examples import EXAMPLES
from policy.gates import GATES
from policy.handbook import clauses_page, obligations_page
from policy.parameters import PARAMETERS
from policy.rule_notes import NOTES, in_words, load
from policy.rules import RULES
from policy.stages import DEFAULT_SETTINGS, Audience, RuleStages, StageSettings
from policy.strict_yaml import RefusedFileError
from policy.words import day

CASES = Path(__file__).parent / "cases"
FORMS = {"record_meeting": "Record a meeting"}

NOTE = """\
meetings:
  what: The team holds {meetings_a_year}.
  levels: all
  opens: now
  when: later
  binds: both
  fulfilled: done
  ends: never
  basis: [directive]
  modality: [mandatory]
  readings: [{about: A01, chosen: this, instead: that}]
  parameters: [meetings_a_year]
"""


def obligations(settings=DEFAULT_SETTINGS, forms=FORMS):
    """Write the page of obligations."""
    return obligations_page(RULES, NOTES, GATES, PARAMETERS, settings=settings, forms=forms)


def section(page, rule):
    """Give the part of the page that speaks of one rule or gate."""
    return page.split(f'<a id="{rule}"></a>')[1].split("<a id=")[0]


def test_every_rule_has_its_notes():
    """Each rule is described, and no rule is described that does not exist."""
    assert set(NOTES) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_notes_agree_with_the_cases(rule):
    """Every basis and modality that the cases show for a rule stands in its notes, and each in the notes is shown."""
    said = NOTES[rule]
    shown = [
        due
        for path in CASES.glob("*.yaml")
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
        for due in case.get("due") or []
        if due["rule"] == rule
    ]
    assert {due["basis"] for due in shown if "basis" in due} == {basis.value for basis in said.basis}
    assert {due["modality"] for due in shown if "modality" in due} == {modality.value for modality in said.modality}


def test_every_parameter_is_told():
    """Each parameter serves a rule's notes, so that no number is unexplained."""
    assert {name for said in NOTES.values() for name in said.parameters} == set(PARAMETERS)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_the_page_tells_all_of_a_rule(rule):
    """Title, owner, formula, force, reminders, fulfilment, end, each clause and each reading with its alternative."""
    told = section(obligations(), rule.id)
    said = NOTES[rule.id]
    for words in (rule.title, rule.owner, said.what, said.opens, said.when, said.binds, said.fulfilled, said.ends):
        assert words in told
    for clause in rule.clauses:
        assert f"**{clause.name}**: “{clause.quoted}”" in told
    for reading in said.readings:
        assert f"**{reading.about}.** {reading.chosen} *The alternative:* {reading.instead}" in told
    assert "- **Reminders:**" in told
    assert "{" not in told


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_worked_example_that_the_rule_computes(rule):
    """Each section holds an example whose date is the rule's own; what shows weekends names the working day."""
    told = section(obligations(), rule).split("**Example.** ")[1].split("\n\n")[0]
    due = EXAMPLES[rule].due(rule)
    assert EXAMPLES[rule].situation in told
    assert day(due.due_on) in told
    if due.working_day != due.due_on and due.modality is not Modality.PERMISSION:
        assert f"on or before {day(due.due_on)} is {day(due.working_day)}." in told


def test_the_page_begins_with_what_is_in_it_and_what_is_never_done():
    """Every rule, the gates and the numbers stand in the contents; then comes what nobody has to fear."""
    contents, rest = obligations().split("## Contents")[1].split("## What is never done")
    for anchor in (*RULES, "never", "everywhere", "glance", "gates", "criteria", "numbers"):
        assert f"](#{anchor})" in contents
    assert "A permission is never chased" in rest.split("## ")[0]


def test_the_page_says_of_each_number_of_a_rule_what_it_rests_on():
    """Beside a rule stand its numbers with basis and the day of the last check."""
    told = section(obligations(), "annual-report")
    assert "`annual_report_days` 60 calendar days (directive, last checked on November 22, 2026)" in told
    assert "none; every date is a day of the records" in section(obligations(), "logo-withdrawal")
    assert "**Reminders:** On the day. Afterwards" in section(obligations(), "logo-withdrawal")
    assert "set in the written expectations: December 31, 2027." in section(obligations(), "extension-terms")


def test_the_page_names_only_forms_that_exist():
    """A form is named where there is one; without it the sentence stands alone."""
    assert "The form is “Record a meeting”." in section(obligations(), "meetings")
    assert "The form is" not in section(obligations(forms={}), "meetings")


def test_reminders_follow_the_settings():
    """Stages are those of the settings; permissions have none; advice and targets stay with the owner."""
    page = obligations()
    assert "180, 120, 90, 60, 30, 14, 7 and 1 calendar days before." in section(page, "renewal-decision")
    assert "When it opens, 14, 7 and 1 calendar days before and on the day." in section(page, "termination-notice")
    assert "None; a permission is never chased." in section(page, "ambassador-eligible")
    assert "to the owner alone: it never climbs" in section(page, "coordinator-call")
    assert "after 7 days the official above" in section(page, "annual-report")
    other = StageSettings(RuleStages((5,)), {}, ((2, Audience.OWNER),), 0)
    assert "5 calendar days before. Afterwards: after 2 days the owner." in section(obligations(other), "signed-copy")
    assert "None before its day. Afterwards: after 2 days" in section(obligations(other), "logo-withdrawal")
    assert "Afterwards after 2 days, to the owner alone" in section(obligations(other), "coordinator-call")


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda g: g.id)
def test_the_page_tells_all_of_a_gate(gate):
    """Title, levels, modality and each clause, under its step."""
    page = obligations()
    told = section(page, gate.id)
    assert f"**{gate.title}** (`{gate.id}`): " in told
    assert all(level.value in told for level in gate.levels)
    assert all(f"**{clause.name}**: “{clause.quoted}”" in told for clause in gate.clauses)
    before = page[: page.index(f'<a id="{gate.id}"></a>')]
    assert re.findall(r"### Before the step: (.+)", before)[-1] == gate.before.value


def test_the_page_lists_criteria_and_numbers():
    """Each criterion in its words, each value of each parameter with the day it was last checked."""
    page = obligations()
    for criterion in CRITERIA:
        assert f"| {criterion.clause.name} | {criterion.quote} | {criterion.need.value} |" in page
    for parameter in PARAMETERS.values():
        for value in parameter.values:
            row = next(
                r for r in page.splitlines() if r.startswith(f"| `{parameter.name}` | {day(value.in_force_from)}")
            )
            assert row.endswith(f"| {value.clause.name} | {day(value.last_checked_on)} |")


def test_every_link_leads_somewhere():
    """Each link within the handbook has its target."""
    page, forms = obligations(), {name: name for name in _forms()}
    register = clauses_page(CLAUSES, RULES, GATES, PARAMETERS, forms)
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', page))
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors
    assert set(re.findall(r"obligations\.md#([^)]+)\)", register)) <= anchors


def _forms():
    return {r.name for clause in CLAUSES.values() for r in clause.honoured_by if r.kind == "form"}


def test_the_register_tells_every_clause():
    """Each clause in its words, with what sees to it or the reason why nothing does."""
    page = clauses_page(CLAUSES, RULES, GATES, PARAMETERS, {name: f"Title of {name}" for name in _forms()})
    for clause in CLAUSES.values():
        told = page.split(f"### {clause.number}\n\n")[1].split("\n### ")[0]
        assert f"> {clause.quoted}" in told
        for reference in clause.honoured_by:
            shown = {
                "rule": f"#{reference.name})",
                "gate": f"#{reference.name})",
                "form": f"form “Title of {reference.name}”",
                "parameter": f"number `{reference.name}`",
                "document": f"document `{reference.name}`",
                "state": f"state *{reference.name}*",
                "chain": f"the approval “{Purpose(reference.name).terms.title}”" if reference.kind == "chain" else "",
                "reason": f"Nothing runs: {reference.name}",
            }[reference.kind]
            assert shown in told


def test_a_number_that_changed_tells_both_values():
    """A parameter with two values says what held before, and until when."""
    assert in_words(PARAMETERS["renewal_term_years"]) == "5 years (2 years before March 4, 2020)"
    assert in_words(PARAMETERS["signed_copy_months"]) == "1 calendar month"
    assert in_words(PARAMETERS["draft_comment_working_days"]) == "10 federal working days"


def test_notes_are_filled_with_numbers(tmp_path):
    """A number in the notes is the parameter's, with its unit."""
    path = tmp_path / "rules.yaml"
    path.write_text(NOTE, encoding="utf-8")
    assert load(path)["meetings"].what == "The team holds 2 meetings."


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  when: later\n", "", "line 2: the field “when” is missing."),
        ("opens:", "open:", "line 4: unknown field “open”"),
        ("[directive]", "[hearsay]", "line 9: “hearsay” is none of"),
        ("[mandatory]", "[maybe]", "line 10: “maybe” is none of"),
        ("[meetings_a_year]", "[meetings]", "line 12: there is no parameter “meetings”."),
        ("[meetings_a_year]", "[]", "line 2: “{meetings_a_year}” is not among the parameters of this rule."),
        (", instead: that", "", "line 11: the field “instead” is missing."),
    ],
)
def test_a_slip_in_the_notes_is_refused(tmp_path, old, new, sentence):
    """A missing field, an unknown word or an unlisted number is refused with its place."""
    path = tmp_path / "rules.yaml"
    path.write_text(NOTE.replace(old, new), encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(f"rules.yaml, {sentence}")):
        load(path)
