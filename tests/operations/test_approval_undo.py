"""A decision is taken back by who made it, as long as nothing rests on it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.gates import GateRecord
from operations.approve.close_draft import close_draft, reopen_draft
from operations.approve.undo_decision import undo_decision
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.approval import Approved, Verdict
from policy.chains import Purpose
from policy.procedure import ProcedureStep
from tests.operations.approving import ask, decide, keep, open_gates
from tests.operations.conftest import NOW


def test_a_wrong_click_is_undone(session, proposed, ada, director, rae):
    """Who decided takes it back: the gate closes, the cards ask again; nobody else may, and not twice."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    done = decide(session, approval, director)
    with pytest.raises(NotAllowed, match="Dana Director decided this"):
        undo_decision(session, record=done.record, by=rae, now=NOW)
    record = session.scalars(select(GateRecord.id).where(GateRecord.kind == "proposal-approval")).one()
    with pytest.raises(Refused, match="An approval put this on record"):
        withdraw_record(session, record=f"gate:{record}", by=ada, now=NOW)
    undo_decision(session, record=done.record, by=director, now=NOW)
    assert approval.status == "open"
    assert "field-approval" in open_gates(session, proposed)
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_decision(session, record=done.record, by=director, now=NOW)
    assert decide(session, approval, rae).standing == Approved()


def test_a_decision_is_not_undone_once_the_proposal_was_withdrawn(session, proposed, ada, director):
    """Nothing of what has ended waits for anybody again."""
    keep(session, proposed, ada)
    done = decide(session, ask(session, proposed, ada), director)
    withdraw_proposal(session, alliance_id=proposed.id, reason="No time", by=ada, now=NOW)
    with pytest.raises(AlreadyDone, match="was withdrawn on November 23, 2026: No time"):
        undo_decision(session, record=done.record, by=director, now=NOW)


def test_a_refusal_is_not_undone_once_the_same_version_was_approved(session, proposed, ada, director):
    """What was asked anew is decided there."""
    keep(session, proposed, ada)
    declined = decide(session, ask(session, proposed, ada), director, Verdict.DECLINE, "No")
    decide(session, ask(session, proposed, ada), director)
    with pytest.raises(Refused, match="asked for this anew since"):
        undo_decision(session, record=declined.record, by=director, now=NOW)


def test_what_was_signed_and_taken_back_keeps_its_approvals(session, proposed, ada, field, director):
    """The draft, its review and what was decided wait for the signing again, and the gate counts them."""
    keep(session, proposed, ada)
    decide(session, ask(session, proposed, ada), director)
    keep(session, proposed, ada, subject="draft")
    review = ask(session, proposed, ada, purpose=Purpose.CONSISTENCY, subject="draft", about="REG-PHI")
    decide(session, review, field.regional_coordinator)
    closed = "regional-review" not in open_gates(session, proposed, ProcedureStep.SIGN)
    close_draft(session, proposed.id, 7, by=ada, now=NOW)
    session.expire_all()
    assert "regional-review" in open_gates(session, proposed, ProcedureStep.SIGN)
    reopen_draft(session, proposed.id, 7)
    session.expire_all()
    assert closed
    assert "regional-review" not in open_gates(session, proposed, ProcedureStep.SIGN)
    assert review.subject == "draft"
    close_draft(session, proposed.id, 7, by=ada, now=NOW)
    keep(session, proposed, ada, subject="draft", goals="The next")
    with pytest.raises(Refused, match="The draft of the next agreement is on file"):
        reopen_draft(session, proposed.id, 7)
