"""The procedure from proposal to signature: what is done, what is next, and that nobody is ever left without a step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.editions import CSP_2020, EDITIONS
from policy.facts import Level
from policy.gate_facts import Official, OnRecord
from policy.gates import open_gates, refusing
from policy.participants import Participant, ParticipantKind
from policy.procedure import ProcedureStep
from policy.procedure_order import Stands, before, procedure, takes_part, upcoming
from policy.procedure_stages import STAGES, ProcedureFacts, signing_for
from tests.policy.test_gates import complete

DAY = date(2026, 3, 2)
#: What can be missing of an agreement in preparation, each with what stands for "nothing is on record".
LOSSES = {
    "proposal_on": None,
    "draft_work_plan_on": None,
    "evaluation": None,
    "regional_input_on": None,
    "directorate_input_on": None,
    "approvals": (),
    "agreement_agreed_by_osha_on": None,
    "agreement_agreed_by_participants_on": None,
    "preliminary_work_plan_agreed_on": None,
    "comments_asked_of": frozenset(),
    "conformity_review": None,
    "regional_reviews": (),
    "solicitor_approval": None,
    "criteria": (),
    "language_reviewed": None,
    "special_approvals": (),
    "signers": (),
    "participants": (),
    "offices": (),
    "performance_evaluated_on": None,
    "evaluation_discussed_on": None,
    "recommendation": None,
    "decided_on": None,
    "goals_record": None,
}
PEOPLE = (
    Participant("Example Builders", frozenset({ParticipantKind.EMPLOYER_GROUP})),
    Participant("Consulate of Example", frozenset({ParticipantKind.CONSULATE})),
    Participant("Nobody knows", frozenset()),
)


@st.composite
def anything(draw) -> ProcedureFacts:
    """Draw an agreement in preparation of which some things are on record and some are not."""
    participants = tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3)))
    gates = complete(
        draw(st.sampled_from(Level)),
        draw(st.sampled_from(EDITIONS)),
        renewal=draw(st.booleans()),
        participants=participants or None,
    )
    lost = draw(st.sets(st.sampled_from(sorted(LOSSES))))
    gates = replace(gates, **{name: LOSSES[name] for name in lost})
    gates = replace(gates, solicitor_asked_for=draw(st.booleans()))
    names = signing_for(gates)
    signed = draw(st.sets(st.sampled_from(names))) if names else set()
    waiting = draw(st.dictionaries(st.sampled_from(sorted(STAGES)), st.just(("Somebody",))))
    return ProcedureFacts(gates, draw(st.none() | st.just(DAY)), frozenset(signed), waiting)


@given(anything())
def test_somebody_can_act_until_all_is_done(facts):
    """Whatever is on record, either every stage is done or left out, or one is next or says for whom it waits."""
    standings = procedure(facts)
    left = [s for s in standings if s.stands not in {Stands.DONE, Stands.NOT_NEEDED}]
    assert not left or upcoming(standings)
    assert [s.stage.id for s in standings] == list(STAGES)


@given(anything())
def test_each_stage_says_something(facts):
    """What is not done says what is missing, what is blocked by what, what waits for whom, what is left out why."""
    for found in procedure(facts):
        assert found.clause.quoted
        if found.stands is Stands.BLOCKED:
            assert found.blocked_by
        if found.stands is Stands.WAITING:
            assert found.waiting_for
        if found.stands is not Stands.DONE:
            assert found.sentence


@given(anything())
def test_stages_are_done_when_their_gates_are_passed(facts):
    """No second truth: the stages before the signatures are all done exactly when no gate but the signers' is open."""
    standings = {s.stage.id: s for s in procedure(facts)}
    open_ids = {found.gate.id for found in open_gates(facts.gates, ProcedureStep.SIGN)} - {"signers"}
    # The proposal's stages come before a first agreement; a renewal begins with its decision.
    parts = [
        s for id, s in standings.items() if id not in {"signatures", "draft"} and s.stands is not Stands.NOT_NEEDED
    ]
    assert all(open_ids.intersection(s.stage.gates) for s in parts if s.stands is not Stands.DONE)
    assert all(any(s.stands is not Stands.DONE for s in parts if id in s.stage.gates) for id in open_ids)


@given(anything())
def test_signatures_come_last(facts):
    """Signatures are next only when no mandatory gate but the signers' own is open."""
    found = next(s for s in procedure(facts) if s.stage.id == "signatures")
    if found.stands in {Stands.NEXT, Stands.WAITING}:
        assert {o.gate.id for o in refusing(facts.gates, ProcedureStep.SIGN)} <= {"signers"}


@given(anything(), st.sampled_from(sorted(STAGES)))
def test_what_blocks_is_what_comes_before(facts, id):
    """A stage is blocked by those before it that take part and are not done, and by nothing else."""
    stage = STAGES[id]
    found = next(s for s in procedure(facts) if s.stage.id == id)
    if found.stands is Stands.BLOCKED:
        assert found.blocked_by == before(stage, facts)
    assert (found.stands is Stands.NOT_NEEDED) == (not takes_part(stage, facts))


@pytest.mark.parametrize("level", Level)
def test_a_proposal_is_walked_through_in_order(level):
    """From an empty file each stage that is done opens the next, until the signatures."""
    whole = complete(level, CSP_2020)
    facts = ProcedureFacts(replace(whole, **{n: v for n, v in LOSSES.items() if n not in {"offices", "participants"}}))
    first = {
        "proposal": {"proposal_on": DAY, "draft_work_plan_on": DAY},
        "input": {"regional_input_on": DAY, "directorate_input_on": DAY},
        "evaluation": {"evaluation": OnRecord("E", DAY)},
        "approval": {"approvals": whole.approvals},
    }
    for id, done in first.items():
        standing = next(s for s in procedure(facts) if s.stage.id == id)
        if standing.stands is Stands.NOT_NEEDED:
            continue
        assert standing.stands is Stands.NEXT, id
        facts = replace(facts, gates=replace(facts.gates, **done))
    assert [s.stage.id for s in upcoming(procedure(facts))] == ["draft"]
    facts = replace(facts, draft_on=DAY)
    assert "signatures" not in [s.stage.id for s in upcoming(procedure(facts))]
    facts = replace(facts, gates=whole)
    assert [s.stage.id for s in upcoming(procedure(facts))] == ["signatures"]
    facts = replace(facts, signed_for=frozenset(signing_for(whole)))
    (last,) = upcoming(procedure(facts))
    assert (last.stage.id, last.sentence) == (
        "signatures",
        "Everybody has signed, and the agreement is not made: record it once more.",
    )


def test_a_field_proposal_needs_no_input_and_no_solicitor():
    """An area alliance leaves out what only others pass, and says why."""
    standings = {s.stage.id: s for s in procedure(ProcedureFacts(complete(Level.AREA, CSP_2020)))}
    left_out = [id for id, s in standings.items() if s.stands is Stands.NOT_NEEDED]
    assert left_out == ["decision", "input", "comments", "conformity", "solicitor", "special"]
    assert "administrator" in standings["solicitor"].sentence
    assert standings["evaluation"].clause.number == "X"
    assert standings["approval"].stage.owners[Level.AREA]


def test_one_approval_in_the_field_is_enough():
    """X names the Area Director and the Regional Administrator; a national official's approval is none of the field."""
    facts = ProcedureFacts(replace(complete(Level.AREA, CSP_2020), approvals=(OnRecord("O", DAY, Official.OAS),)))
    found = next(s for s in procedure(facts) if s.stage.id == "approval")
    assert found.stands is Stands.NEXT
    assert found.sentence.startswith("Not on record: the approval of the proposal by the Area Director")
