"""Write a decision and all that follows from it: the next step, the gates, every copy of the card, who asked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from operations.actor import Actor
from operations.approve.ask_approval import note_approval
from operations.approve.cards import ask_seats, rewrite_cards, tell_requester
from operations.approve.decide_term import decide_term
from operations.approve.pass_gates import pass_gates
from operations.approve.standing import decisions_of, standing_of
from operations.records.open_alliance import Opened
from policy.approval import ApprovalStatus, Approved, Declined, Returned, Standing, Verdict, Waiting
from policy.chains import Purpose

#: What a decision that can be undone is called: "approval-decision:" and its id.
RECORD = "approval-decision"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did, or what taking it back did."""

    approval_id: uuid.UUID
    alliance_id: int
    alliance: str
    purpose: Purpose
    verdict: Verdict
    version: int
    #: How the approval stands now.
    standing: Standing
    #: What undoes it; None where that is past.
    record: str | None


def settle(
    session: Session, approval: Approval, opened: Opened, row: ApprovalDecision, *, by: Actor, now: datetime
) -> Decided:
    """Write a decision that may be made; the alliance is locked.

    Raises:
        GatesOpen: It is the last one for a renewal, whose gates are open.
    """
    session.add(row)
    session.flush()
    rows = decisions_of(session, approval.id)
    standing = standing_of(approval, rows)
    purpose = Purpose(approval.purpose)
    match standing:
        case Waiting(step, seats):
            if step.id != row.step:
                ask_seats(session, approval, seats, occasion=f"asked:{step.id}", now=now)
        case Approved():
            _end(approval, ApprovalStatus.APPROVED, row, now=now)
            if purpose is Purpose.RENEWAL:
                decide_term(session, approval, opened, rows, by=by, now=now)
            pass_gates(session, approval, rows, by=by, now=now)
        case Returned():
            _end(approval, ApprovalStatus.RETURNED, row, now=now)
        case Declined():
            _end(approval, ApprovalStatus.DECLINED, row, now=now)
    note_approval(
        session,
        approval,
        "decided",
        by=by.name,
        now=now,
        decision=row.id,
        step=row.step,
        seat=row.seat,
        verdict=row.verdict,
        decided_by=row.decided_by,
        acting_for=row.acting_for,
        on=row.on_day,
        reason=row.reason,
        evidence=row.evidence,
        status=approval.status,
    )
    rewrite_cards(session, [approval.id])
    if approval.asked_by_id != by.person_id:
        tell_requester(session, approval, occasion=f"told:{row.id}", now=now)
    draft = session.get_one(Draft, approval.draft_id)
    return Decided(
        approval_id=approval.id,
        alliance_id=approval.alliance_id,
        alliance=opened.row.name,
        purpose=purpose,
        verdict=Verdict(row.verdict),
        version=draft.version,
        standing=standing,
        record=f"{RECORD}:{row.id}",
    )


def _end(approval: Approval, status: ApprovalStatus, row: ApprovalDecision, *, now: datetime) -> None:
    approval.status, approval.ended_at, approval.ended_why = status.value, now, row.reason
    approval.ended_by = f"{row.decided_by} (for {row.acting_for})" if row.acting_for else row.decided_by
