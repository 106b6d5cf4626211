"""The checklist of criteria, and what an agreement leaves unanswered."""

from __future__ import annotations

import pytest

from policy.criteria import CRITERIA, Answer, Need, checklist, unanswered
from policy.editions import CSP_2015, CSP_2020, EDITIONS
from policy.participants import Participant, ParticipantKind

UNION = (Participant("Local 30", frozenset({ParticipantKind.LABOR_UNION})),)
EMPLOYER = (Participant("Example Works", frozenset({ParticipantKind.EMPLOYER})),)
UNKNOWN = (Participant("Example Partners"),)


def ids(edition, participants=UNION, *, renewal=False):
    """Give the numbers of a checklist."""
    return [criterion.id for criterion in checklist(edition, participants, renewal=renewal)]


def test_the_2015_checklist():
    """All of VII.C but what binds employers or renewals only."""
    assert ids(CSP_2015) == ["VII.C.1", "VII.C.2", *(f"VII.C.4.{letter}" for letter in "abcdefghij")]


@pytest.mark.parametrize("participants", [EMPLOYER, UNKNOWN, (), (*UNION, *EMPLOYER)])
def test_worker_representation_binds_employers(participants):
    """With an employer, or with nobody knows whom, VII.C.3 must be answered in the 2015 edition."""
    assert "VII.C.3" in ids(CSP_2015, participants)


def test_the_2020_checklist_takes_the_words_of_the_faq():
    """Worker participation and free products bind every alliance, in the FAQ's words; the rest is carried over."""
    found = checklist(CSP_2020, EMPLOYER, renewal=False)
    by_id = {criterion.id: criterion for criterion in found}
    assert by_id["F-9 (workers)"].need is Need.MANDATORY
    assert by_id["F-9 (products)"].need is Need.MANDATORY
    assert {"VII.C.3", "VII.C.4.j"}.isdisjoint(by_id)
    assert {"VII.C.1", "VII.C.2", "VII.C.4.h"} <= set(by_id)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.name)
def test_only_a_renewal_answers_for_its_record(edition):
    """VII.C.4.k is a criterion of renewals."""
    assert "VII.C.4.k" not in ids(edition)
    assert "VII.C.4.k" in ids(edition, renewal=True)


def test_every_criterion_is_quoted_whole():
    """A quote ends where its sentence ends, so that nobody answers half a criterion."""
    for criterion in CRITERIA:
        assert criterion.quote == criterion.clause.quote
        assert criterion.quote.endswith(".")


def test_answers():
    """A text answers; an empty one does not; "does not apply" answers only what may be left out."""
    asked = checklist(CSP_2015, UNION, renewal=False)
    answers = [Answer(criterion.id, "Paragraph 2.") for criterion in asked]
    assert unanswered(asked, answers) == ()
    assert [u.criterion.id for u in unanswered(asked, [])] == [criterion.id for criterion in asked]
    assert [u.criterion.id for u in unanswered(asked, [*answers, Answer("VII.C.1", " ")])] == []
    assert [u.criterion.id for u in unanswered(asked, [Answer("VII.C.1", " "), *answers[1:]])] == ["VII.C.1"]
    out = [
        a if a.criterion != "VII.C.4.e" else Answer("VII.C.4.e", "No emphasis program", applies=False) for a in answers
    ]
    assert unanswered(asked, out) == ()
    (found,) = unanswered(asked, [Answer("VII.C.1", "Not ours", applies=False), *answers[1:]])
    assert found.sentence == "VII.C.1 binds this alliance; “does not apply” is no answer to it."


def test_a_part_of_the_fourth_criterion_must_be_addressed():
    """All or part is not none."""
    asked = checklist(CSP_2015, UNION, renewal=False)
    answers = [Answer(c.id, "Because.", applies=c.need is Need.MANDATORY) for c in asked]
    (found,) = unanswered(asked, answers)
    assert found.sentence == "All of VII.C.4 is said not to apply; at least a part of it must be addressed."
