"""The register of clauses quotes its sources word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policy.clauses import CLAUSES, EDITIONS, UnknownClauseError, cite, load
from policy.rules import RULES
from policy.strict_yaml import RefusedFileError

SOURCES = {"CSP 04-01-002": "csp-04-01-002.txt", "FAQ": "alliance-faq.txt"}


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


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("CSP 04-01-002 I:\n  quote: a\n  modality: mandatory\n", "line 2: the field “responsible” is missing."),
        ("CSP 04-01-003 I: {quote: a, modality: mandatory, responsible: b}\n", "does not begin with"),
        ("FAQ F-1: {quote: a, modality: perhaps, responsible: b}\n", "“perhaps” is none of"),
        ("FAQ F-1: {quote: a, modality: advisory, responsible: b}\nFAQ F-1: {}\n", "line 2: “FAQ F-1” stands"),
        ("- a\n", "line 1: fields with names are expected here."),
    ],
)
def test_a_slip_in_the_register_is_refused(tmp_path, text, sentence):
    """An incomplete entry, another edition, an unknown modality or a double name is refused with its place."""
    path = tmp_path / "clauses.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(sentence)):
        load(path)
