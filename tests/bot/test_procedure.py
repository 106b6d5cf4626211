"""From proposal to signature at the page: the form, the steps, the buttons, the last signature."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.words import WORDS
from models.alliances import Agreement, Alliance, Ending, Signatory
from models.drafts import Draft
from models.gates import GateRecord
from operations.actor import identify
from operations.establish.revise_proposal import revise_proposal
from operations.read.proposals import proposal_on_file
from policy.gate_records import RecordKind
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import STEPS, fields_of, found, held, input_of, words
from tests.operations.conftest import NOW
from tests.operations.gates import pass_gates
from tests.operations.proposals import approve_proposal, prepare_to_sign

PROPOSAL = {
    "name": "Safe Roofs Alliance",
    "participants": "Delaware Roofers: labor union\nConsulate of Mexico: consulate",
    "goals": "Fewer falls.",
    "objectives": "Train 200 roofers.",
    "work_plan": "Two courses.",
    "milestones": "2027-03-15; Ada Coordinator; Poster on ladders",
}


def propose(person, **change):
    """Put a proposal on file."""
    person.opens("/alliance new")
    return person.sends(**(PROPOSAL | change))


def as_sent(view):
    """Return a window without what Slack itself adds to it."""
    return {key: view[key] for key in ("type", "title", "blocks", "submit", "close", "callback_id", "private_metadata")}


def the_alliance(rows):
    """Return the proposed alliance."""
    return next(a for a in rows(Alliance) if a.name == "Safe Roofs Alliance")


def test_an_alliance_is_proposed(ada, rows):
    """The form is filled with the person's office; what comes next is said, with its button."""
    view = ada.opens("/alliance new Safe Roofs Alliance")
    assert view["callback_id"] == "propose"
    assert held(view, "name") == "Safe Roofs Alliance"
    assert held(view, "lead") == "0317300"
    assert view_problems(as_sent(view), "modal") == []
    ada.sends(**PROPOSAL)
    told = ada.reads()
    assert (
        "Proposed: *Safe Roofs Alliance*, area alliance of Wilmington Area Office with 2 participants." in told["text"]
    )
    assert (
        "Next: Evaluation of the proposal (Alliance Coordinator, Wilmington Area Office: Ada Coordinator)"
        in told["text"]
    )
    assert [d.content["milestones"] for d in rows(Draft)] == [["2027-03-15; Ada Coordinator; Poster on ladders"]]
    ada.presses(told, "run:procedure")
    assert "1 of 10 steps done" in ada.reads()["text"]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(ada, rows):
    """A line without a kind, a milestone without a date, a name that is taken; all that was typed stays."""
    refused = propose(ada, participants="Delaware Roofers", milestones="soon; Ada; Poster")
    assert "Line 1: write the name, a colon" in refused["errors"]["participants"]
    assert "is no date" in refused["errors"]["milestones"]
    assert held(ada.modal(), "goals") == "Fewer falls."
    refused = ada.sends(**(PROPOSAL | {"name": "la plaza alliance"}))
    assert "on record already: an area alliance of Wilmington Area Office" in refused["errors"]["name"]
    refused = ada.sends(**(PROPOSAL | {"participants": "La Plaza: labor union"}))
    assert "La Plaza takes part in “La Plaza Alliance”" in refused["errors"]["different"]
    ada.sends(different=["yes"])
    assert "Proposed:" in ada.reads()["text"]
    assert len(rows(Draft)) == 1


def test_the_offices_follow_the_level(rita):
    """Who works for a region proposes for it or for the offices below; the office that leads is one of the level."""
    view = rita.opens("/alliance new")
    assert held(view, "level") == "regional"
    assert held(view, "lead") == "REG-PHI"
    view = rita.chooses("level", "area")
    labels = [o["text"]["text"] for o in input_of(view, "lead")["element"]["options"]]
    assert labels == ["Wilmington Area Office"]
    rita.sends(**PROPOSAL, lead="0317300")
    assert "area alliance of Wilmington Area Office" in rita.reads()["text"]


def test_a_national_proposal_has_one_office(nate):
    """No further offices are asked for; the step after is the input of regions and directorates."""
    view = nate.opens("/alliance new")
    view = nate.chooses("level", "national")
    assert "others" not in fields_of(view)
    nate.sends(**PROPOSAL)
    assert "Next: Input of regions and directorates" in nate.reads()["text"]


def test_a_stranger_proposes_nothing(stranger):
    """The answer says which positions may."""
    assert "You may not propose an alliance" in stranger.asks("/alliance new")["text"]


def test_a_long_proposal_becomes_a_draft_all_the_same(ada, rows, sample_engine):
    """Its work plan and its milestones find no room in one field: the form opens, and says what it left out."""
    propose(ada, work_plan="x" * 2995)
    ada.reads()
    with Session(sample_engine) as session:
        approve_proposal(session, the_alliance(rows), identify(session, "UADA", now=NOW))
        session.commit()
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:draft_agreement:draft")
    opened = ada.modal()
    assert len(held(opened, "work_plan")) <= 3000
    assert "find no room here" in words(opened["blocks"])


def test_the_procedure_shows_each_step_with_its_clause_and_button(ada):
    """What is next is in full with owner and clause; what is blocked says what comes first; lists lead there."""
    propose(ada)
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    text = words(answer["blocks"])
    assert message_problems(answer["blocks"]) == []
    assert "3. Evaluation of the proposal" in text or "Evaluation of the proposal" in text
    assert "CSP 04-01-002 X: “" in text
    assert "By: Alliance Coordinator, Wilmington Area Office: Ada Coordinator" in text
    assert "First: Evaluation of the proposal" in text
    assert "DCSP reviews Region-wide drafts." in text
    assert [button["value"] for _, button in found(answer["blocks"], "run:procedure:evaluate_proposal:evaluation")]
    assert "proposed" in ada.asks("/alliance show safe roofs")["text"]
    ada.presses(ada.asks("/alliance show safe roofs"), "run:procedure")
    assert "steps done" in ada.reads()["text"]
    ada.presses(ada.asks("/alliance gates safe roofs"), "run:procedure")
    assert "steps done" in ada.reads()["text"]
    assert "Safe Roofs Alliance: proposed" in ada.asks("/alliance list")["text"]


def test_the_evaluation_is_recorded_and_undone(ada):
    """The button opens the form; what was found is kept; the next step is the approval."""
    propose(ada)
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:evaluate_proposal:evaluation")
    refused = ada.sends(findings="Worth it.", shared_on="2026-11-01")
    assert "shared once the proposal is evaluated" in refused["errors"]["shared_on"]
    ada.sends(shared_on="2026-11-23")
    told = ada.reads()
    assert "Next: Approval of the proposal (Area Director, Wilmington Area Office" in told["text"]
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:ask_approval:approval")
    assert held(ada.modal(), "what") == "field-proposal|proposal|"
    ada.closes()
    ada.presses(told, "undo:record")
    assert "Undone: the record for the gates" in ada.reads("update")["text"]
    assert "Evaluation of the proposal: Next" in ada.asks("/alliance procedure safe roofs", telling=STEPS)["text"]


def test_nothing_is_taken_out_of_turn(ada):
    """What was done for the draft is refused before the proposal is approved, with what is open above the form."""
    propose(ada)
    gates = ada.asks("/alliance gates safe roofs")
    ada.presses(gates, "run:gates:record_gates")
    ada.sends(agreed_by_osha_0_on="2026-11-20")
    assert "Proposal evaluated and approved in the field" in words(ada.modal()["blocks"])
    ada.closes()
    ada.presses(gates, "run:gates:answer_criteria")
    ada.sends(worker_involvement="Workers review each product.")
    assert "Proposal evaluated and approved in the field" in words(ada.modal()["blocks"])


def test_a_proposal_is_changed_and_says_what_differs(ada, rows):
    """The form opens with everything in it; the answer names the fields that changed."""
    propose(ada)
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    ada.presses(answer, "run:procedure:other:revise_proposal")
    view = ada.modal()
    assert held(view, "work_plan") == "Two courses."
    assert view_problems(as_sent(view), "modal") == []
    assert "Nothing differs" in str(ada.sends())
    ada.sends(goals="No falls at all.", participants="Delaware Roofers: labor union")
    told = ada.reads()["text"]
    assert "version 2 of the proposal is on file" in told
    assert "*Goals:* “Fewer falls.” is now “No falls at all.”." in told
    assert "Consulate of Mexico: consulate" in told
    assert [d.version for d in rows(Draft)] == [1, 2]


def test_nobody_writes_over_a_version_that_they_did_not_see(ada, rows, sample_engine):
    """Another version was kept while the form was open: it is said by whom, and nothing is lost of either."""
    propose(ada)
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    ada.presses(answer, "run:procedure:other:revise_proposal")
    alliance = the_alliance(rows).id
    with Session(sample_engine) as session:
        proposal, _ = proposal_on_file(session, alliance)
        changed, by = replace(proposal, goals="Changed meanwhile."), identify(session, "UADA", now=NOW)
        revise_proposal(session, alliance_id=alliance, proposal=changed, by=by, now=NOW)
        session.commit()
    # The form is shown anew with the level: it was filled from the first version all the same.
    ada.chooses("level", "area")
    assert "Ada Coordinator kept version 2 since you opened this" in str(ada.sends(background="From before.")["errors"])
    assert [d.content["goals"] for d in rows(Draft)] == ["Fewer falls.", "Changed meanwhile."]


def test_a_proposal_is_withdrawn_after_a_question(ada, rows):
    """It is asked about first, then stays on record as withdrawn, with nothing left to press."""
    propose(ada)
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    ada.presses(answer, "run:procedure:other:withdraw_proposal")
    ada.sends(reason="The guild dissolved.")
    assert "cannot be undone here" in words(ada.modal()["blocks"])
    assert rows(Ending) == []
    ada.sends()
    assert "Withdrawn: the proposal of *Safe Roofs Alliance*" in ada.reads()["text"]
    after = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    assert "The proposal was withdrawn on November 23, 2026: The guild dissolved." in after["text"]
    assert "run:procedure:" not in str(after["blocks"])
    assert "proposal withdrawn November 23, 2026" in ada.asks("/alliance list")["text"]


@pytest.fixture
def ready(ada, rows, sample_engine):
    """The proposal approved, its draft reviewed: ready to be signed."""
    propose(ada)
    with Session(sample_engine) as session:
        alliance = session.get_one(Alliance, the_alliance(rows).id)
        by = identify(session, "UADA", now=NOW)
        approve_proposal(session, alliance, by)
        prepare_to_sign(session, alliance, by)
        session.commit()


def test_signatures_make_the_agreement(ada, ready, rows):
    """Who has signed and who is missing stands above; the last signature is asked about and begins the duties."""
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    assert "Signatures, the last OSHA signature last: Next" in answer["text"]
    ada.presses(answer, "run:procedure:sign_agreement:signatures")
    view = ada.modal()
    assert view_problems(as_sent(view), "modal") == []
    assert "Wilmington Area Office: the Area Director, not named yet; missing" in words(view["blocks"])
    ada.sends(by_1="Gus Guild, President", on_1="2026-11-20", by_2="Cora Consul", on_2="2026-11-20")
    told = ada.reads()
    assert "2 signatures. Missing: Wilmington Area Office." in told["text"]
    ada.presses(told, "run:procedure")
    ada.presses(ada.reads(), "run:procedure:sign_agreement:signatures")
    assert fields_of(ada.modal())[-3:] == ["by_0", "on_0", "evidence"] or "by_1" not in fields_of(ada.modal())
    refused = ada.sends(by_0="Dora Director (for Ann Roe), Area Director", on_0="2026-11-19")
    assert refused.get("errors") or "gates" in words(ada.modal()["blocks"]).lower()
    ada.closes()
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:sign_agreement:signatures")
    ada.sends(by_0="Dora Director (for Ann Roe), Area Director", on_0="2026-11-23")
    assert "It can be undone while nothing rests on it" in words(ada.modal()["blocks"])
    ada.sends()
    told = ada.reads()["text"]
    assert "Signed: *Safe Roofs Alliance* on Monday, November 23, 2026" in told
    assert "Now open: " in told
    agreement = next(a for a in rows(Agreement) if a.alliance_id == the_alliance(rows).id)
    assert (agreement.term_years, agreement.renewal) == (2, False)
    assert "active, term to November 23, 2028" in ada.asks("/alliance show safe roofs")["text"]


def test_words_lead_to_the_procedure(ada):
    """What people type for it is understood; without a name one chooses."""
    assert "Did you mean" in ada.asks("/alliance propse")["text"]
    assert "Which alliance?" in ada.asks("/alliance procedure")["text"]
    assert "Procedure of the renewal" in words(ada.asks("/alliance procedure plaza", telling=STEPS)["blocks"])


def test_who_has_answered_stands_in_one_view(nate, rows):
    """Several offices are asked at once with a day; each answer stands with its office, and who has not answered."""
    nate.opens("/alliance new")
    nate.chooses("level", "national")
    nate.sends(**PROPOSAL)
    nate.presses(nate.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:ask_input:input")
    refused = nate.sends(due_on="2026-11-01")
    assert "on a day after the request" in refused["errors"]["due_on"]
    nate.sends(due_on="2026-12-04")
    assert "proposal sent to 1 office for input on Monday, November 23, 2026" in nate.reads()["text"]
    waiting = nate.asks("/alliance procedure safe roofs", telling=STEPS)
    assert "not answered; asked November 23, 2026, wanted by December 4, 2026" in waiting["text"]
    assert "Target Friday, December 4, 2026" in nate.asks("/alliance due safe roofs")["text"]
    nate.presses(waiting, "run:procedure:answer_comment:input")
    nate.sends(answer="We support it.")
    assert "input of Philadelphia Regional Office" in nate.reads()["text"]
    after = nate.asks("/alliance procedure safe roofs", telling=STEPS)["text"]
    assert "*Input on the proposal*: 1 of 1 office answered" in after
    assert "Philadelphia Regional Office: answered November 23, 2026: “We support it.”" in after
    assert "No input of other directorates is on record." in after


@pytest.mark.parametrize("half", [0, 1])
def test_every_word_stands_a_proposed_alliance(ada, half):
    """Whatever is asked of an alliance without an agreement, there is an answer or a form, never an incident."""
    propose(ada)
    ada.reads()
    for word in [word.word for word in WORDS][half::2]:
        ada.types(f"/alliance {word} safe roofs")
        shown = str(ada.modal()) if ada.has_modal() else ada.reads()["text"]
        assert "Something went wrong" not in shown, word
        ada.closes()


def test_marked_words_of_a_proposal_and_of_the_draft_are_decided(ada, rows, sample_engine):
    """What both sides would sign is checked as it is written; what was decided of the same words is not asked again."""
    propose(ada, goals="OSHA prefers our members.")
    told = ada.reads()
    assert "*OSHA prefers our* in the proposal, Goals" in told["text"]
    assert message_problems(told["blocks"]) == []
    ada.presses(told, "keep:words")
    assert "the words are kept as harmless, by Ada Coordinator" in ada.reads()["text"]
    made = the_alliance(rows)
    with Session(sample_engine) as session:
        approve_proposal(session, made, identify(session, "UADA", now=NOW))
        session.commit()
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:draft_agreement:draft")
    assert held(ada.modal(), "goals") == "OSHA prefers our members."
    ada.sends(objectives="A preferred partner of OSHA.")
    told = ada.reads()
    assert "in the draft agreement, Objectives" in told["text"]
    assert "OSHA prefers our" not in told["text"].partition("These words may read")[2]
    assert (
        "These words wait for a person's decision: “preferred partner" in ada.asks("/alliance gates safe roofs")["text"]
    )
    ada.presses(told, "change:words")
    assert "changed in what goes out" in ada.reads()["text"]
    assert "These words wait" not in ada.asks("/alliance gates safe roofs")["text"]


def test_who_takes_part_changes_while_the_form_of_signatures_is_open(ada, rows, sample_engine):
    """A signature goes to nobody else: the form says that it asks for others by now."""
    propose(ada)
    ada.reads()
    made = the_alliance(rows)
    with Session(sample_engine) as session:
        by = identify(session, "UADA", now=NOW)
        approve_proposal(session, made, by)
        prepare_to_sign(session, made, by)
        session.commit()
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:sign_agreement:signatures")
    with Session(sample_engine) as session:
        gone = session.scalars(select(Signatory).where(Signatory.name == "Delaware Roofers")).one()
        session.delete(gone)
        session.commit()
    refused = ada.sends(by_1="Gus Guild, President", on_1="2026-11-20")
    assert "What this form asks for has changed since it was opened" in str(refused["errors"])


def test_who_signs_a_renewal_is_asked_before_a_special_approval(ada, rows, sample_engine):
    """Of participants whose kind nobody has recorded the step opens the sheet that asks for it."""
    with Session(sample_engine) as session:
        plaza = next(one for one in rows(Alliance) if one.name.startswith("La Plaza"))
        pass_gates(session, session.get_one(Alliance, plaza.id), identify(session, "UADA", now=NOW))
        kinds = GateRecord.kind == RecordKind.PARTICIPANT.value
        session.execute(update(GateRecord).where(kinds).values(withdrawn_at=NOW))
        session.commit()
    answer = ada.asks("/alliance procedure plaza", telling=STEPS)
    assert "Additional approval for special signatories: Next" in answer["text"]
    ada.presses(answer, "run:procedure:record_gates:special")
    assert "participant_0_kinds" in fields_of(ada.modal())
