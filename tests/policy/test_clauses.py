"""The register of clauses quotes its sources word for word, and says of each what sees to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.forms import FORMS
from documents import annual_report
from policy.chains import Purpose
from policy.clauses import CLAUSES, EDITIONS, REFERENCES, UnknownClauseError, cite, load
from policy.dates import State
from policy.gates import GATES
from policy.parameters import PARAMETERS
from policy.rules import RULES
from policy.strict_yaml import RefusedFileError

SOURCES = {"CSP 04-01-002": "csp-04-01-002.txt", "FAQ": "alliance-faq.txt"}

ENTRY = "FAQ F-1: {quote: a, modality: advisory, responsible: b, honoured_by: [{rule: a}]}\n"


def plain(text: str) -> str:
    """Drop what is layout: white space, and the asterisks that mark emphasis."""
    return re.sub(r"\s+", " ", text.replace("*", "")).strip()


TEXTS = {
    edition: plain((Path(__file__).parent / "sources" / name).read_text(encoding="utf-8"))
    for edition, name in SOURCES.items()
}


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=str)
def test_quote_stands_in_its_source(clause):
    """Each quote occurs in the text of the edition that the clause names."""
    assert plain(clause.quote) in TEXTS[clause.edition]


def test_every_edition_has_its_source():
    """No clause can name an edition whose text is not kept here."""
    assert set(EDITIONS) == set(SOURCES)


def test_cite_gives_the_clause_with_its_own_edition():
    """A clause knows its edition and its number."""
    clause = cite("CSP 04-01-002 VIII.F.3")
    assert (clause.edition, clause.number, clause.modality) == ("CSP 04-01-002", "VIII.F.3", "mandatory")
    assert str(clause) == "CSP 04-01-002 VIII.F.3"
    assert "within 60-days of the Alliance anniversary" in clause.quote


def test_cite_refuses_an_unknown_clause():
    """A wrong citation stops the import; VIII.A.7 does not exist (A08)."""
    with pytest.raises(UnknownClauseError, match=re.escape("no clause “CSP 04-01-002 VIII.A.7”")):
        cite("CSP 04-01-002 VIII.A.7")


def test_every_rule_cites():
    """No rule stands without a clause."""
    assert all(rule.clauses for rule in RULES.values())


#: What exists under each kind of reference.
EXISTING = {
    "rule": set(RULES),
    "gate": set(GATES),
    "form": set(FORMS),
    "state": {state.value for state in State},
    "parameter": set(PARAMETERS),
    "chain": {purpose.value for purpose in Purpose},
    "document": {annual_report.NAME},
}


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=str)
def test_every_clause_says_what_sees_to_it(clause):
    """Each clause names things that exist, or gives one reason why nothing runs, never both and nothing twice."""
    assert clause.honoured_by
    assert len(set(clause.honoured_by)) == len(clause.honoured_by)
    for reference in clause.honoured_by:
        if reference.kind == "reason":
            assert len(clause.honoured_by) == 1
            assert reference.name.endswith(".")
        else:
            assert reference.name in EXISTING[reference.kind], str(reference)
    assert set(EXISTING) | {"reason"} == REFERENCES


@pytest.mark.parametrize("thing", [*RULES.values(), *GATES.values()], ids=lambda thing: thing.id)
def test_what_cites_a_clause_is_named_by_it(thing):
    """A rule or gate cites registered clauses, and each of them that obliges names a rule, a gate or a number."""
    for clause in thing.clauses:
        assert CLAUSES[clause.name] is clause
        assert clause.honoured_by[0].kind != "reason"


@pytest.mark.parametrize("kind", ["rule", "gate"])
def test_every_rule_and_gate_is_named_by_a_clause(kind):
    """No rule and no gate runs without a clause that names it, and it cites at least one such clause."""
    for thing in (RULES if kind == "rule" else GATES).values():
        naming = {clause.name for clause in CLAUSES.values() if f"{kind}:{thing.id}" in map(str, clause.honoured_by)}
        assert naming & {clause.name for clause in thing.clauses}, thing.id


def test_the_register_is_complete():
    """Each numbered item of VI to XII in the directive, and each answer of the FAQ, has a clause."""
    numbers = {clause.number.partition(" (")[0] for clause in CLAUSES.values() if clause.edition != "FAQ"}
    wanted = {"I", "II", "III", "IV.A", "IV.B", "IV.C", "V", "VII.A", "VII.B", "X", "XI", "XII.A", "XII.B", "VII.C"}
    wanted |= {f"VI.{letter}" for letter in "ABCDEFGH"}
    wanted |= {f"VII.C.{n}" for n in "1234"} | {f"VII.C.3.{x}" for x in "abc"} | {f"VII.C.4.{x}" for x in "abcdefghijk"}
    for section, last in {"VIII.A": 11, "VIII.B": 5, "VIII.C": 9, "VIII.D": 4, "VIII.E": 9, "VIII.F": 4}.items():
        wanted |= {f"{section}.{n}" for n in range(1, last + 1)}
    for section, last in {"IX.A": 7, "IX.B": 3, "IX.C": 3}.items():
        wanted |= {f"{section}.{n}" for n in range(1, last + 1)}
    wanted |= {f"IX.C.3.{x}" for x in "abc"}
    wanted -= {"VIII.A.7"}  # the numbering jumps from 6 to 8 (A08)
    assert wanted <= numbers
    assert {"Significant Changes", "IX.C"} <= numbers
    reasons = {clause.number for clause in CLAUSES.values() if clause.number.startswith("IX.C (")}
    assert reasons == {"IX.C (reason 1)", "IX.C (reason 2)", "IX.C (reason 3)", "IX.C (reason 4)", "IX.C (last)"}
    answers = {clause.number.partition(" (")[0] for clause in CLAUSES.values() if clause.edition == "FAQ"}
    assert {f"F-{n}" for n in range(1, 13)} <= answers


def test_each_obliging_sentence_of_the_directive_is_quoted():
    """Each numbered item of the responsibilities and procedures begins with words that a clause quotes."""
    text = (Path(__file__).parent / "sources" / SOURCES["CSP 04-01-002"]).read_text(encoding="utf-8")
    body = text[
        text.index("## VIII. Responsibilities") : text.rindex("X. Procedure for Regional or Area Office Alliance E")
    ]
    items = [plain(found) for found in re.findall(r"(?m)^\s*(?:\d+\.|[a-c]\.) (.+)$", body)]
    assert len(items) > 50
    quotes = " ".join(plain(clause.quote) for clause in CLAUSES.values())
    missing = [item for item in items if not any(" ".join(part) in quotes for part in _fourths(item.split()))]
    assert missing == []


def _fourths(words):
    """Give each run of four words (or all of a shorter item)."""
    return [words[n : n + 4] for n in range(max(1, len(words) - 3))]


#: Words with which a text obliges, encourages, permits or forbids.
BINDING = re.compile(r"\b(must|will|should|shall|may|required?|encourag\w+|responsib\w+ for|cannot|maintains|makes)\b")
#: Sentences with such a word that ask for nothing, by their first words: headings, introductions, contact lines.
ASK_NOTHING = (
    "C. Criteria for New and Renewed",
    "Fundamental Requirements for Alliance Participants",
    "VII. Alliance Purposes and Requirements",
    "The purpose of alliances is",
    "For example, agreements commonly identify",
    "Work Plans, defined below",
    "Examples of groups that may be",
    "Specifically, DCSP is responsible for",
    "Thus, directorates are responsible for",
    "The Alliance Coordinator must:",
    "While national Alliances are coordinated",
    "Regional Alliance Program Coordinators are responsible for",
    "To determine whether to renew",
    "A recommendation to conclude",
    "You may also be interested",
    "Ambassador status reflects",
)


def sentences(text):
    """Give the sentences of a text; each item of a list is one."""
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-•]|\d+\.|[a-k][.)])\s)", text):
        yield from re.split(r"(?<=[\w)”\"][.;?]) (?=[A-Z])", plain(part))


@pytest.mark.parametrize("edition", SOURCES)
def test_no_binding_sentence_is_left_out(edition):
    """Each sentence that obliges, encourages, permits or forbids is quoted around its first binding word."""
    text = (Path(__file__).parent / "sources" / SOURCES[edition]).read_text(encoding="utf-8")
    if edition != "FAQ":
        changes = text[text.index("## Significant Changes") : text.index("## Table of Contents")]
        text = changes + text[text.index("I. Purpose\n\nThis") : text.index("### Appendix A")]
    binding = [s for s in sentences(text) if BINDING.search(s) and not s.startswith(ASK_NOTHING)]
    assert len(binding) > 20
    quotes = " ".join(plain(clause.quote) for clause in CLAUSES.values() if clause.edition == edition)
    left_out = [s for s in binding if not any(" ".join(part) in quotes for part in _fourths(_around(s)))]
    assert left_out == []


def _around(sentence):
    """Give the words of a sentence from two before its first binding word to ten after it."""
    before = len(sentence[: BINDING.search(sentence).start()].split())
    return sentence.split()[max(0, before - 2) : before + 10]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "CSP 04-01-002 I:\n  quote: a\n  modality: mandatory\n  honoured_by: [{rule: a}]\n",
            "line 2: the field “responsible” is missing.",
        ),
        ("FAQ F-1:\n  quote: a\n  modality: mandatory\n  responsible: b\n", "the field “honoured_by” is missing."),
        (
            "CSP 04-01-003 I: {quote: a, modality: mandatory, responsible: b, honoured_by: [{rule: a}]}\n",
            "does not begin",
        ),
        ("FAQ F-1: {quote: a, modality: perhaps, responsible: b, honoured_by: [{rule: a}]}\n", "“perhaps” is none of"),
        (f"{ENTRY}FAQ F-1: {{}}\n", "line 2: “FAQ F-1” stands"),
        (ENTRY.replace("[{rule: a}]", "[]"), "the field “honoured_by” is missing."),
        (ENTRY.replace("rule: a", "rules: a"), "line 1: “rules” is none of chain, "),
        (ENTRY.replace("rule: a", "rule: "), "line 1: “rule” has no name."),
        (ENTRY.replace("rule: a", "rule: a, gate: b"), "line 1: one kind and one name are expected here"),
        (ENTRY.replace("[{rule: a}]", "rule"), "line 1: a list is expected here."),
        ("- a\n", "line 1: fields with names are expected here."),
    ],
)
def test_a_slip_in_the_register_is_refused(tmp_path, text, sentence):
    """An incomplete entry, another edition, an unknown modality or a double name is refused with its place."""
    path = tmp_path / "clauses.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(sentence)):
        load(path)
