"""What officials were asked for here counts as they decide: nothing on the sheet of the gates stands in for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.approvals import Approval
from models.gates import GateRecord
from operations.approve.ask_approval import ask_approval, withdraw_approval
from operations.approve.decide_approval import decide_approval
from operations.establish.draft_agreement import draft_agreement
from operations.establish.record_gates import record_gates
from operations.gather_facts import gather
from operations.read.gate_sheet import gate_sheet
from operations.read.gates import gates_before
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.agreement_draft import draft_from
from policy.approval import Verdict
from policy.chains import Purpose
from policy.gate_records import RecordKind as Kind
from policy.procedure import ProcedureStep
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import a_proposal, approve_proposal, proposed

REVIEW = Done(Kind.REGIONAL_REVIEW, "REG-PHI", on=TODAY, by="Rudi Reviewer", text="Letter", field="review")


@pytest.fixture
def alliance(session, field):
    """An area alliance with a draft agreement on file."""
    made = proposed(session, a_proposal(field.area), field.coordinator)
    approve_proposal(session, made, field.coordinator)
    draft(session, field, made)
    return made


def draft(session, field, alliance, **more):
    """Keep a version of the draft."""
    content = draft_from(a_proposal(field.area)) | more
    draft_agreement(session, alliance_id=alliance.id, content=content, by=field.coordinator, now=NOW)


def ask(session, field, alliance):
    """Ask the Regional Office for its review."""
    return ask_approval(
        session,
        alliance_id=alliance.id,
        purpose=Purpose.CONSISTENCY,
        subject="draft",
        about="REG-PHI",
        by=field.coordinator,
        now=NOW,
    )


def by_hand(session, field, alliance, *done):
    """Record on the sheet."""
    record_gates(session, alliance_id=alliance.id, done=done or (REVIEW,), by=field.coordinator, now=NOW)


def missing(session, alliance):
    """Return what is said of the review while its gate is open; None when it is passed."""
    (of,) = gather(session, [alliance.id])
    shown = gates_before(session, of, step=ProcedureStep.SIGN, on=TODAY)
    return next(one.missing for one in shown.gates if one.gate.id == "regional-review")


def test_what_is_before_officials_is_not_recorded_by_hand(session, field, alliance):
    """Open, declined, approved: the sheet refuses and says where it is decided; taken back, it is recorded again."""
    approval = ask(session, field, alliance)
    with pytest.raises(Refused, match="Ada Coordinator put this before officials on November 23, 2026") as raised:
        by_hand(session, field, alliance)
    assert raised.value.field == "review"
    (slot,) = (s for s in gate_sheet(session, gather(session, [alliance.id])[0], on=TODAY) if s.about == "REG-PHI")
    assert (slot.missing, slot.before_officials) == (False, True)
    withdraw_approval(session, approval_id=approval.id, by=field.coordinator, now=NOW)
    by_hand(session, field, alliance)
    assert missing(session, alliance) is None


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.DECLINE])
def test_what_officials_refused_is_not_passed_by_a_record_from_before(session, field, alliance, verdict):
    """A review on paper counts no more once it was asked for here, and least of all once they refused."""
    by_hand(session, field, alliance)
    assert missing(session, alliance) is None
    approval = ask(session, field, alliance)
    assert missing(session, alliance) is not None
    decide_approval(
        session, approval_id=approval.id, verdict=verdict, reason="Not so", by=field.regional_coordinator, now=NOW
    )
    assert missing(session, alliance) is not None
    with pytest.raises(
        Refused, match=r"it counts as they decided\. What is to be decided anew is put forward with /alliance"
    ):
        by_hand(session, field, alliance)


def test_a_review_on_paper_is_of_one_version_too(session, field, alliance):
    """A later version opens its gate, which says what changed; back at the same words it counts again."""
    by_hand(session, field, alliance)
    draft(session, field, alliance, goals="No falls.")
    said = missing(session, alliance)
    assert "Rudi Reviewer gave it to version 1 on November 23, 2026; version 2 changed: Goals." in said
    draft(session, field, alliance)
    assert missing(session, alliance) is None


def test_a_proposal_is_approved_by_nobody_by_hand(session, field):
    """It takes the officials who were asked, or their paper."""
    made = proposed(session, a_proposal(field.area), field.coordinator)
    done = Done(Kind.PROPOSAL_APPROVAL, "Area Director", on=TODAY, by="Dana Director", text="Letter")
    with pytest.raises(Refused, match="approved where it is put forward"):
        record_gates(session, alliance_id=made.id, done=[done], subject="proposal", by=field.coordinator, now=NOW)
    assert session.scalars(select(GateRecord).where(GateRecord.kind == "proposal-approval")).all() == []


def test_what_an_approval_of_long_ago_was_voided_by_stays_void(session, field, alliance):
    """A review that was approved here is not stood in for by paper after a new version."""
    approval = ask(session, field, alliance)
    decide_approval(
        session,
        approval_id=approval.id,
        verdict=Verdict.APPROVE,
        by=field.regional_coordinator,
        now=NOW - timedelta(minutes=1),
    )
    assert missing(session, alliance) is None
    draft(session, field, alliance, goals="No falls.")
    with pytest.raises(Refused, match="it counts as they decided"):
        by_hand(session, field, alliance)
    assert "approved version 1" in missing(session, alliance)
    assert session.scalars(select(Approval.status)).all() == ["approved"]
