"""A wrong day on the last OSHA signature of an original agreement is corrected; a wrong signing is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Agreement
from models.approvals import Approval
from models.audit import AuditEntry, write_noted
from models.duties import Obligation
from models.gates import GateRecord
from models.plans import WorkPlan
from models.requests import Request
from operations.establish.correct_signature import correct_signature
from operations.establish.refuse_open_gates import GatesOpen
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.gather_facts import gather
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.record_work_plan import record_work_plan
from operations.read.history import list_records
from operations.read.known_on import gather_known
from operations.read.signatures import recorded_signatures
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from operations.remind.ask_decision import ask_decision
from operations.remind.assign_duty import assign_duty
from operations.remind.check_rules import check_rules
from policy.dates import add_years, state_on, terms_of
from policy.requests import RequestKind, RequestStatus
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import a_proposal, approve_proposal, prepare_to_sign, proposed

DAY = timedelta(days=1)
DORA = Signature("0317300", "Dora Director, Area Director", TODAY - 2 * DAY)
HAL = Signature("0317700", "Hal Harris, Area Director", TODAY - DAY)
GUS = Signature("Roofers Guild", "Gus Guild, President", TODAY - 5 * DAY)


@pytest.fixture
def alliance(session, portfolio, field):
    """An area alliance of two offices, signed yesterday; its gates were passed nine days ago."""
    offices = field.area, portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    made = proposed(session, a_proposal(*offices), field.coordinator)
    approve_proposal(session, made, field.coordinator, on=TODAY - 9 * DAY)
    prepare_to_sign(session, made, field.coordinator, on=TODAY - 9 * DAY)
    sign_agreement(
        session, alliance_id=made.id, signatures=[DORA, HAL, GUS], term_years=2, by=field.coordinator, now=NOW
    )
    return made


@pytest.fixture
def told(alliance, field):
    """What every operation on the alliance is told."""
    return {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}


@pytest.fixture
def correct(session, alliance, field):
    """Gives a correction of the signature of an office or a signatory."""

    def done(signature, now=NOW):
        (one,) = [one for one in recorded_signatures(session, alliance.id) if one.about == signature.about]
        told = {"reason": "The letter says so", "by": field.coordinator, "now": now}
        return correct_signature(session, number=one.id, signature=signature, **told)

    return done


def owed(session, rule):
    """Return the unsettled obligations of a rule."""
    return session.scalars(select(Obligation).where(Obligation.rule == rule, Obligation.settled.is_(None))).all()


def test_the_agreement_has_the_day_of_its_last_signature(session, alliance, correct):
    """Backwards and forwards: term, years and duties are counted from it, and what it said before is kept."""
    for on, last in ((TODAY - 4 * DAY, DORA.on), (TODAY, TODAY)):
        done = correct(replace(HAL, on=on))
        (agreement,) = session.scalars(select(Agreement))
        assert (agreement.signed_on, done.agreement_on) == (last, last)
        (meetings,) = owed(session, "meetings")
        assert meetings.due_on == add_years(last, 1) - DAY
        assert terms_of(gather(session, [alliance.id])[0].facts)[0].expires_on == add_years(last, 2)
    write_noted(session)
    query = select(AuditEntry.data).where(AuditEntry.action == "agreement:corrected").order_by(AuditEntry.seq)
    told = session.scalars(query).all()
    assert [(one["record"]["signed_on"], one["signed_on"], one["reason"]) for one in told] == [
        (HAL.on.isoformat(), DORA.on.isoformat(), "The letter says so"),
        (DORA.on.isoformat(), TODAY.isoformat(), "The letter says so"),
    ]
    rows = session.scalars(select(GateRecord).where(GateRecord.kind == "signed"))
    assert [row.on_day for row in rows if row.about == HAL.about] == [HAL.on, TODAY - 4 * DAY, TODAY]


def test_what_cannot_have_been_is_refused(session, alliance, correct):
    """An open gate on that day, a participant who signed later, a day to come; the agreement stays as it was."""
    with pytest.raises(GatesOpen, match=r"gates? open before Safe Roofs Alliance is signed"):
        correct(replace(HAL, on=TODAY - 12 * DAY))
    correct(replace(DORA, on=TODAY - 8 * DAY))
    for wrong, says in (
        (replace(HAL, on=TODAY - 6 * DAY), "Roofers Guild cannot have signed on November 18, 2026, after the last"),
        (replace(HAL, on=TODAY + DAY), "is still to come"),
    ):
        with pytest.raises(Refused, match=says):
            correct(wrong)
    assert session.scalars(select(Agreement.signed_on)).one() == HAL.on


def test_what_rests_on_its_years_is_undone_first(session, alliance, told, correct):
    """A meeting before the new day, and an evaluation of a year; a meeting after it stays."""
    met = record_meeting(session, on=HAL.on, held=True, format="both", **told)
    with pytest.raises(Refused, match="and this rests on it: meeting held, November 22, 2026: undo that first"):
        correct(replace(HAL, on=TODAY))
    correct(replace(HAL, on=DORA.on))
    assert owed(session, "meetings")[0].held == 1
    withdraw_record(session, record=met.record, by=told["by"], now=NOW)
    year_end = add_years(DORA.on, 1) - DAY
    record_evaluation(session, period_end=year_end, evaluated_on=TODAY, discussed_on=None, findings="x", **told)
    with pytest.raises(Refused, match="evaluation of the year to November 20, 2027"):
        correct(replace(HAL, on=TODAY))


@pytest.mark.usefixtures("director")
def test_what_goes_with_a_year_goes_with_it_anew(session, alliance, told, correct):
    """The plan of the first year stays its plan, what is asked for a duty stays asked, and approvals stay."""
    record_work_plan(session, first=HAL.on, finalized_on=TODAY, summary="As agreed", milestones=[], **told)
    (meetings,) = owed(session, "meetings")
    ask = {"kind": RequestKind.WAIVE, "reason": "One meeting is enough", "by": told["by"], "now": NOW}
    ask_decision(session, obligation_id=meetings.id, **ask)
    approved = session.scalars(select(Approval.subject)).all()
    correct(replace(HAL, on=DORA.on))
    assert session.scalars(select(WorkPlan.first)).one() == DORA.on
    assert "work-plan" not in {due.rule for due in check_rules(session, now=NOW)[0].remaining}
    (moved,) = owed(session, "meetings")
    assert moved.id != meetings.id
    assert session.scalars(select(Request)).one().obligation_id == moved.id
    assert session.scalars(select(Request)).one().status == RequestStatus.OPEN
    assert session.get_one(Obligation, meetings.id).settled == "lifted"
    assert session.scalars(select(Approval.subject)).all() == approved
    assert check_rules(session, now=NOW)[0].wrote is False


def test_the_decision_at_the_end_of_the_term_goes_with_the_term(session, told, correct):
    """Who has it keeps it, and what is asked for it stays asked, also when the day is corrected as late as that."""
    late, ada = NOW + timedelta(days=600), told["by"]
    check_rules(session, now=late)
    (decision,) = owed(session, "renewal-decision")
    assign_duty(session, obligation_id=decision.id, person_id=ada.person_id, note="Yours", by=ada, now=late)
    correct(replace(HAL, on=DORA.on), now=late)
    (moved,) = owed(session, "renewal-decision")
    assert (moved.due_on, moved.assigned_note) == (add_years(DORA.on, 2), "Yours")
    assert session.get_one(Obligation, decision.id).settled == "lifted"


def test_before_it_was_corrected_the_other_day_was_believed(session, alliance, told, correct):
    """As known on a past day the agreement had its wrong day, and its plan the year from there."""
    alliance.created_at = NOW - 20 * DAY
    record_work_plan(session, first=HAL.on, finalized_on=TODAY, summary="As agreed", milestones=[], **told)
    correct(replace(HAL, on=DORA.on), now=NOW + 2 * DAY)
    write_noted(session)
    days = {}
    for on in (TODAY, TODAY + 2 * DAY):
        facts = gather_known(session, on, [alliance.id])[0].of.facts
        days[on] = facts.agreements[0].signed_on, facts.work_plans[0].first
    assert days == {TODAY: (HAL.on, HAL.on), TODAY + 2 * DAY: (DORA.on, DORA.on)}


def test_a_signing_is_taken_back_while_nothing_rests_on_it(session, field, alliance, told):
    """The alliance is a proposal again whose signatures wait, and is signed again; it is offered only then."""
    record = f"agreement:{session.scalars(select(Agreement.id)).one()}"
    met = record_meeting(session, on=TODAY, held=True, format="both", **told)
    assert record not in {one.record for one in list_records(session, alliance.id)}
    by = {"by": field.coordinator, "now": NOW}
    with pytest.raises(Refused, match="cannot be taken back while this rests on it: meeting held"):
        withdraw_record(session, record=record, **by)
    withdraw_record(session, record=met.record, **by)
    assert record in {one.record for one in list_records(session, alliance.id)}
    withdraw_record(session, record=record, reason="Another office signs", **by)
    write_noted(session)
    with pytest.raises(AlreadyDone, match="This signed agreement was undone before"):
        withdraw_record(session, record=record, **by)
    facts = gather(session, [alliance.id])[0].facts
    assert (facts.agreements, state_on(facts, TODAY)) == ((), "proposed")
    assert not [row for row in session.scalars(select(Obligation)) if row.settled is None]
    assert {row.counted_at for row in session.scalars(select(GateRecord))} == {None}
    assert sign_agreement(session, signatures=[], term_years=2, **told).signed_on == HAL.on


def test_an_agreement_that_was_entered_is_not_taken_back(session, portfolio, field):
    """It came without signatures: an import corrects it, and nobody is offered what is refused."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    record = f"agreement:{session.scalars(select(Agreement.id)).one()}"
    assert list_records(session, made.id) == []
    with pytest.raises(Refused, match="was entered with its original agreement"):
        withdraw_record(session, record=record, by=field.coordinator, now=NOW)
