"""What management decides at the end of a term, and what an end leaves before nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.alliances import Agreement, RenewalDecision
from operations.actor import identify
from operations.approve.decide_term import keep_recommendation
from operations.approve.record_outside import record_outside
from operations.approve.undo_decision import undo_decision
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.decide_renewal import decide_renewal
from operations.establish.refuse_open_gates import GatesOpen
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from policy.approval import Seat, Verdict
from policy.chains import Purpose
from policy.facts import Recommendation
from policy.rights import Role
from tests.operations.approving import ask, decide, keep, make_product
from tests.operations.conftest import NOW, TODAY


def test_an_alliance_that_ends_has_nothing_to_approve(session, portfolio, field, director):
    """What is before officials is void with the end, on every card, and who asked hears of it."""
    made = portfolio.alliance("Bay", field.area)
    subject = make_product(session, made)
    keep(session, made, field.coordinator, subject=subject)
    expert = Seat(role=Role.AREA_DIRECTOR, office=field.area.code)
    approval = ask(session, made, field.coordinator, purpose=Purpose.PRODUCT, subject=subject, experts=[expert])
    conclude_alliance(
        session,
        alliance_id=made.id,
        ended_on=TODAY,
        reason=Reason.MUTUAL,
        way=Way.MUTUAL,
        explanation="Goals met",
        by=field.coordinator,
        now=NOW,
    )
    assert (approval.status, approval.ended_why) == ("superseded", "the alliance ended")
    with pytest.raises(AlreadyDone, match="This is void: the alliance ended on November 23, 2026, at 9:00 AM, by Ada"):
        decide(session, approval, director)


def recommended(session, portfolio, field, recommendation):
    """Return an alliance for whose term something is recommended, with the subject of that."""
    made = portfolio.alliance("Bay", field.area)
    agreement = session.scalars(select(Agreement.id).where(Agreement.alliance_id == made.id)).one()
    decide_renewal(
        session,
        alliance_id=made.id,
        agreement_id=agreement,
        recommendation=recommendation,
        reasons="As discussed",
        recommended_on=TODAY,
        decided_on=None,
        by=field.coordinator,
        now=NOW,
    )
    keep_recommendation(session, by=field.coordinator, now=NOW, alliance=made.id, agreement_id=agreement)
    return made, f"renewal:{agreement}"


def test_management_decides_on_the_recommendation(session, portfolio, field, director):
    """What management approves is on record as its decision, by whom and when (IX.C.3)."""
    made, subject = recommended(session, portfolio, field, Recommendation.TERMINATE)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    done = decide(session, approval, director)
    row = session.scalars(select(RenewalDecision)).one()
    assert (row.decided_by, row.decided_on, row.recommendation) == ("Dana Director", TODAY, "terminate")
    with pytest.raises(Refused, match="would have to be undone first"):
        undo_decision(session, record=done.record, by=director, now=NOW)


def test_the_chain_that_decided_a_renewal_is_recorded_whatever_its_last_seat_may(session, portfolio, field, director):
    """A chain of an office ends with somebody on paper, or in a position that records nothing: all names are kept."""
    counsel = portfolio.office("SOL", kind="external", parent=field.national, name="Solicitor")
    portfolio.person("U0LAWYER1", (Role.SOLICITOR, counsel), name="Lou Lawyer")
    text = 'Area Director or Regional Administrator; Office of the Solicitor @ SOL; "Council of the Guild"'
    field.area.settings = {"chains": {"renewal-decision": text}}
    session.flush()
    made, subject = recommended(session, portfolio, field, Recommendation.TERMINATE)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    decide(session, approval, director)
    decide(session, approval, identify(session, "U0LAWYER1", now=NOW))
    record_outside(
        session,
        approval_id=approval.id,
        seat="outside:Council of the Guild",
        verdict=Verdict.APPROVE,
        name="Gil Guild",
        on=TODAY,
        evidence="Minutes",
        by=field.coordinator,
        now=NOW,
    )
    row = session.scalars(select(RenewalDecision)).one()
    assert (row.decided_by, row.decided_on) == ("Dana Director, Lou Lawyer and Gil Guild", TODAY)
    assert approval.status == "approved"


def decide_by_hand(session, made, field, **more):
    """Record the decision on a term as its own form does."""
    agreement = session.scalars(select(Agreement.id).where(Agreement.alliance_id == made.id)).one()
    told = {"recommendation": Recommendation.TERMINATE, "reasons": "As discussed", "recommended_on": TODAY}
    decided = {"decided_on": TODAY, "decided_by": "Dana Director"}
    by = {"by": field.coordinator, "now": NOW}
    return decide_renewal(session, alliance_id=made.id, agreement_id=agreement, **told | decided | by | more)


def test_what_is_before_management_is_not_decided_by_hand(session, portfolio, field, director):
    """While it is open, and after management declined, the form refuses; a changed recommendation is asked anew."""
    made, subject = recommended(session, portfolio, field, Recommendation.TERMINATE)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    with pytest.raises(Refused, match="it counts as they decide") as raised:
        decide_by_hand(session, made, field)
    assert raised.value.field == "decided_on"
    decide(session, approval, director, Verdict.DECLINE, "Too early")
    with pytest.raises(
        Refused, match=r"declined by Dana Director .*\. What is to be decided anew is put forward with /alliance"
    ):
        decide_by_hand(session, made, field)
    again = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    decide_by_hand(session, made, field, reasons="Others", decided_on=None, decided_by=None)
    assert (again.status, again.ended_why) == ("superseded", "version 2 was kept")
    last = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    decide(session, last, director)
    recorded = session.scalars(select(RenewalDecision)).one()
    assert recorded.reasons == "Others"
    withdraw_record(session, record=f"decision:{recorded.id}", by=field.coordinator, now=NOW)
    decide_by_hand(session, made, field, reasons="Others", decided_on=None, decided_by=None)
    assert ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject).status == "open"


def test_a_recommendation_that_is_undone_is_before_nobody(session, portfolio, field, director):
    """Its card says so; nobody decides on what is not recommended any more."""
    made, subject = recommended(session, portfolio, field, Recommendation.TERMINATE)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    row = session.scalars(select(RenewalDecision)).one()
    withdraw_record(session, record=f"decision:{row.id}", by=field.coordinator, now=NOW)
    with pytest.raises(AlreadyDone, match="the recommendation was undone"):
        decide(session, approval, director)


def test_a_renewal_is_not_decided_past_its_gates(session, portfolio, field, director):
    """The click lists what is open with the clauses, and nothing is written."""
    made, subject = recommended(session, portfolio, field, Recommendation.RENEW)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    with session.begin_nested() as savepoint:
        with pytest.raises(GatesOpen, match=r"IX\.C\.3"):
            decide(session, approval, director)
        savepoint.rollback()
    assert session.scalars(select(RenewalDecision.decided_on)).one() is None


def test_a_recommendation_that_was_changed_is_put_forward_anew(session, portfolio, field, director):
    """Management decides on what it was shown, not on what stands there by now."""
    made, subject = recommended(session, portfolio, field, Recommendation.TERMINATE)
    approval = ask(session, made, field.coordinator, purpose=Purpose.RENEWAL, subject=subject)
    session.scalars(select(RenewalDecision)).one().reasons = "Others"
    session.flush()
    with pytest.raises(Refused, match="The recommendation was changed since"):
        decide(session, approval, director)
