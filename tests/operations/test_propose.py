"""Proposals: put on file, changed, withdrawn; who may, which names are taken, and that no duty comes of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.alliances import Alliance, Ending, Signatory
from models.audit import AuditEntry, write_noted
from models.duties import Obligation
from operations.establish.propose import propose
from operations.establish.revise_proposal import revise_proposal
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.gather_facts import gather
from operations.hands.merge_offices import merge_offices
from operations.read.alliances import list_alliances, show_alliance
from operations.read.askable import list_experts
from operations.read.gates import show_gates
from operations.read.procedure import procedure_of
from operations.read.proposals import near_names, offices_at, proposable, proposal_on_file
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.dates import State
from policy.facts import Level
from policy.participants import Participant, ParticipantKind
from policy.procedure import ProcedureStep
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, proposed


def test_a_proposal_makes_a_proposed_alliance(session, field):
    """It stands in the lists as proposed, with its offices and participants, and the file is complete."""
    alliance = proposed(session, a_proposal(field.area, participants=(GUILD, CONSULATE)), field.coordinator)
    (line,) = list_alliances(session, now=NOW)
    assert (line.state, line.term, line.next_due) == (State.PROPOSED, None, None)
    assert line.of.signatories == ("Roofers Guild", "Consulate of Mexico")
    (shown,) = show_gates(session, alliance.id, step=ProcedureStep.EVALUATE, on=TODAY)
    assert shown.open == ()
    write_noted(session)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "alliance:proposed"))
    assert entry.data["proposal"]["goals"] == "Fewer falls from roofs."
    assert alliance.tracked_from == TODAY


def test_no_duty_comes_of_a_proposal(session, field):
    """Years later a proposal owes nothing: every duty begins with a signature."""
    alliance = proposed(session, a_proposal(field.area), field.coordinator)
    check_rules(session, now=NOW + timedelta(days=1500))
    assert session.scalars(select(Obligation).where(Obligation.alliance_id == alliance.id)).all() == []
    card = show_alliance(session, alliance.id, now=NOW)
    assert (card.terms, card.duties) == ((), ())


@pytest.mark.parametrize(
    ("change", "field_name", "says"),
    [
        ({"name": "  "}, "name", "Give the alliance a name."),
        ({"goals": " "}, "goals", "A proposal defines its goals"),
        ({"objectives": ""}, "objectives", "A proposal defines its objectives"),
        ({"work_plan": ""}, "work_plan", "a draft work plan"),
        ({"participants": ()}, "participants", "names the projected participants"),
        ({"offices": ()}, "lead", "Choose the office that leads"),
        ({"offices": ("NOWHERE",)}, "lead", "Choose the office that leads"),
        ({"level": Level.REGIONAL}, "lead", "A regional alliance is one of Regional Offices. Wilmington"),
    ],
)
def test_what_is_missing_is_said_at_its_field(session, field, change, field_name, says):
    """One sentence, where it was typed; nothing is put on file."""
    with pytest.raises(Refused, match=says) as refused:
        propose(session, proposal=a_proposal(field.area, **change), by=field.coordinator, now=NOW)
    assert refused.value.field == field_name
    assert session.scalars(select(Alliance)).all() == []


def test_a_name_that_is_taken_says_by_whom(session, field):
    """Capitals do not make another name; the sentence names level, office and state of who holds it."""
    proposed(session, a_proposal(field.area), field.coordinator)
    with pytest.raises(Refused, match="an area alliance of Wilmington Area Office, proposed") as refused:
        propose(session, proposal=a_proposal(field.area, name="SAFE roofs alliance"), by=field.coordinator, now=NOW)
    assert refused.value.field == "name"


def test_a_near_name_is_told_and_may_be_another(session, portfolio, field):
    """A similar name, or a participant that takes part elsewhere, is asked about once; saying so puts it on file."""
    portfolio.alliance("Roofers of Delaware", field.area, signatories=("Roofers Guild",))
    other = a_proposal(field.area, name="Delaware Roofers of", participants=(CONSULATE,))
    with pytest.raises(Refused, match="“Roofers of Delaware”") as refused:
        propose(session, proposal=other, by=field.coordinator, now=NOW)
    assert refused.value.field == "different"
    with pytest.raises(Refused, match="Roofers Guild takes part in “Roofers of Delaware”"):
        propose(session, proposal=a_proposal(field.area), by=field.coordinator, now=NOW)
    propose(session, proposal=other, by=field.coordinator, now=NOW, different=True)
    assert near_names(session, "Nothing like it", []) == []


def test_who_may_propose_for_which_office(session, portfolio, field):
    """A coordinator proposes for the own office, the region for those below, DCSP for the National Office."""
    dcsp = portfolio.office("DCSP", kind="directorate", parent=field.national)
    staff = portfolio.person("U0DCSP", (Role.DCSP_STAFF, dcsp))
    codes = {level: [code for code, _ in offices] for level, offices in proposable(session, field.coordinator).items()}
    assert codes == {Level.NATIONAL: [], Level.REGIONAL: [], Level.AREA: ["0317300"]}
    below = proposable(session, field.regional_coordinator)
    assert [bool(below[level]) for level in Level] == [False, True, True]
    assert proposable(session, staff)[Level.NATIONAL] == [("OSHA-NO", field.national.name)]
    assert not any(proposable(session, field.stranger).values())
    with pytest.raises(NotAllowed, match="You may not propose an alliance for Office REG-PHI"):
        propose(session, proposal=a_proposal(field.region, level=Level.REGIONAL), by=field.coordinator, now=NOW)


def test_a_change_makes_a_version_and_says_what_differs(session, field):
    """Name, participants and texts follow; the version before stays; the same again changes nothing."""
    first = a_proposal(field.area)
    alliance = proposed(session, first, field.coordinator)
    second = replace(first, name="Safer Roofs Alliance", participants=(CONSULATE,), goals="No falls.")
    revised = revise_proposal(session, alliance_id=alliance.id, proposal=second, by=field.coordinator, now=NOW)
    assert revised.version == 2
    assert [change.label for change in revised.changes] == ["Name of the alliance", "Projected participants", "Goals"]
    assert revised.outcome.of.signatories == ("Consulate of Mexico",)
    assert proposal_on_file(session, alliance.id) == (second, 2)
    with pytest.raises(AlreadyDone, match="Nothing differs"):
        revise_proposal(session, alliance_id=alliance.id, proposal=second, by=field.coordinator, now=NOW)


def test_a_proposal_moves_to_another_office(session, portfolio, field):
    """Who moves it must be allowed for both; from then on the other office leads."""
    other = portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    alliance = proposed(session, a_proposal(field.area), field.coordinator)
    moved = a_proposal(other, field.area)
    with pytest.raises(NotAllowed):
        revise_proposal(session, alliance_id=alliance.id, proposal=moved, by=field.coordinator, now=NOW)
    revise_proposal(session, alliance_id=alliance.id, proposal=moved, by=field.regional_coordinator, now=NOW)
    assert gather(session, [alliance.id])[0].facts.offices == ("0317700", "0317300")


def test_a_second_office_does_not_take_a_proposal_over(session, portfolio, field):
    """Who works for another of its offices may not make that one lead."""
    other = portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    second = portfolio.person("U0SECOND", (Role.ALLIANCE_COORDINATOR, other))
    alliance = proposed(session, a_proposal(field.area, other), field.regional_coordinator)
    with pytest.raises(NotAllowed, match="You may not propose an alliance for Wilmington"):
        revise_proposal(session, alliance_id=alliance.id, proposal=a_proposal(other), by=second, now=NOW)


def test_a_taken_name_cannot_be_changed_to(session, portfolio, field):
    """Another alliance keeps its name."""
    portfolio.alliance("La Plaza", field.area)
    alliance = proposed(session, a_proposal(field.area), field.coordinator)
    with pytest.raises(Refused, match="“la plaza” is on record already"):
        revise_proposal(
            session,
            alliance_id=alliance.id,
            proposal=a_proposal(field.area, name="la plaza"),
            by=field.coordinator,
            now=NOW,
        )


def test_a_signed_alliance_has_no_proposal_to_change(session, portfolio, field):
    """Neither change nor withdrawal touches what is signed."""
    signed = portfolio.alliance("La Plaza", field.area)
    with pytest.raises(Refused, match="was signed on December 10, 2025: it is no proposal any more"):
        revise_proposal(session, alliance_id=signed.id, proposal=a_proposal(field.area), by=field.coordinator, now=NOW)
    with pytest.raises(Refused, match="it is no proposal any more"):
        withdraw_proposal(session, alliance_id=signed.id, reason="No.", by=field.coordinator, now=NOW)


def test_a_withdrawn_proposal_stays_on_record(session, field):
    """It is shown as withdrawn with its reason; nothing more is done with it, and its name stays taken."""
    alliance = proposed(session, a_proposal(field.area), field.coordinator)
    with pytest.raises(Refused, match="Say why"):
        withdraw_proposal(session, alliance_id=alliance.id, reason=" ", by=field.coordinator, now=NOW)
    withdraw_proposal(session, alliance_id=alliance.id, reason="The guild dissolved.", by=field.coordinator, now=NOW)
    (ending,) = session.scalars(select(Ending))
    assert (ending.kind, ending.ended_on) == ("withdrawn", TODAY)
    again = "The proposal of Safe Roofs Alliance was withdrawn on November 23, 2026: The guild dissolved."
    with pytest.raises(AlreadyDone, match=again):
        withdraw_proposal(session, alliance_id=alliance.id, reason="Again.", by=field.coordinator, now=NOW)
    with pytest.raises(AlreadyDone, match="was withdrawn"):
        revise_proposal(
            session, alliance_id=alliance.id, proposal=a_proposal(field.area), by=field.coordinator, now=NOW
        )
    with pytest.raises(Refused, match="on record already"):
        propose(session, proposal=a_proposal(field.area), by=field.coordinator, now=NOW)
    check_rules(session, now=NOW + timedelta(days=90))
    assert session.scalars(select(Obligation).where(Obligation.alliance_id == alliance.id)).all() == []


def test_participants_are_known_by_kind(session, field):
    """The kinds of the proposal are what the gates read: a consulate asks for its additional approval."""
    tribe = Participant("Nation", frozenset({ParticipantKind.TRIBE}))
    alliance = proposed(session, a_proposal(field.area, participants=(tribe,)), field.coordinator)
    (shown,) = show_gates(session, alliance.id, step=ProcedureStep.SIGN, on=TODAY)
    (special,) = [one for one in shown.open if one.gate.id == "special-approval"]
    assert special.missing == "The additional approval for Nation (Native American Tribe) is not on record."
    assert [s.name for s in session.scalars(select(Signatory))] == ["Nation"]


def test_the_day_of_a_version_is_that_of_its_office(session, field):
    """At 9 PM in Wilmington, when it is the next day in Greenwich, it is still today."""
    late = NOW.replace(hour=2) + timedelta(days=1)
    outcome = propose(session, proposal=a_proposal(field.area), by=field.coordinator, now=late)
    shown = procedure_of(session, outcome.of, on=TODAY)
    assert shown.stages[0].sentence == "Version 1, November 23, 2026, Ada Coordinator."


def test_a_closed_office_leads_nothing_new(session, portfolio, field):
    """One that was merged into another is offered nowhere, and a form that was open meanwhile is refused."""
    old = portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    experts = [portfolio.office(code, kind="directorate", parent=field.national, name=code) for code in ("DEP", "DSG")]
    chief = portfolio.person("U0CHIEF", (Role.ADMINISTRATOR, field.national))
    merge_offices(session, office_code=old.code, into_code=field.area.code, by=chief, now=NOW)
    merge_offices(session, office_code=experts[1].code, into_code=experts[0].code, by=chief, now=NOW)
    assert [code for code, _ in offices_at(session, Level.AREA)] == [field.area.code]
    assert [code for code, _ in proposable(session, field.regional_coordinator)[Level.AREA]] == [field.area.code]
    assert list_experts(session) == [("DEP", "DEP")]
    with pytest.raises(Refused, match="is closed; Wilmington Area Office took over"):
        propose(session, proposal=a_proposal(old), by=field.regional_coordinator, now=NOW)
