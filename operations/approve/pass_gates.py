"""What an approval puts on record for the gates, bound to the content that was approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from models.gates import GateRecord
from operations.actor import Actor
from operations.gather_gate_facts import read_records
from operations.records.gate_records import APPROVAL, DIGEST, VERSION, Done, write_gate_records
from operations.refusals import Refused
from policy.approval import read_chain
from policy.chains import Purpose
from policy.gate_facts import Official
from policy.gate_records import SEAT_BY_SEAT, RecordKind
from policy.rights import Role
from policy.words import listing

#: As whom the holder of a seat approves a proposal (IX.A.3, X); who acts for them does so as them.
OFFICIALS = {
    Role.OOSA_DIRECTOR: Official.DCSP_LEADERSHIP,
    Role.ASSISTANT_SECRETARY: Official.OAS,
    Role.AREA_DIRECTOR: Official.AREA_DIRECTOR,
    Role.REGIONAL_ADMINISTRATOR: Official.REGIONAL_ADMINISTRATOR,
}
#: As what an official approved, and of which office, in `GateRecord.details`.
OFFICIAL, OFFICE = "official", "office"


def pass_gates(
    session: Session, approval: Approval, decisions: Sequence[ApprovalDecision], *, by: Actor, now: datetime
) -> None:
    """Write what an approval that has all it needs stands for; the gates count it while the content is the latest."""
    draft = session.get_one(Draft, approval.draft_id)
    done = list(_stands_for(session, approval, draft, decisions))
    if done:
        rows = write_gate_records(session, approval.alliance_id, approval.subject, done, by=by, now=now)
        approval.sheet = rows[0].sheet


def reopen_gates(session: Session, approval: Approval, *, now: datetime) -> None:
    """Withdraw what an approval put on record, when a decision of it is taken back.

    Raises:
        Refused: An agreement was signed on the strength of it.
    """
    if approval.sheet is None:
        return
    counted = select(GateRecord.id).where(GateRecord.sheet == approval.sheet, GateRecord.counted_at.is_not(None))
    if session.scalar(counted.limit(1)) is not None:
        raise Refused("An agreement was signed on the strength of this approval; it can no longer be undone.")
    session.execute(update(GateRecord).where(GateRecord.sheet == approval.sheet).values(withdrawn_at=now))
    approval.sheet = None


def _stands_for(
    session: Session, approval: Approval, draft: Draft, decisions: Sequence[ApprovalDecision]
) -> Iterator[Done]:
    kind = Purpose(approval.purpose).terms.writes
    bound = {APPROVAL: str(approval.id), DIGEST: approval.digest, VERSION: draft.version}
    if kind is None:
        return
    if kind in SEAT_BY_SEAT:
        yield from _one_by_one(session, approval, draft, decisions, bound)
        return
    yield Done(
        kind,
        approval.about,
        on=max(decision.on_day for decision in decisions),
        by=listing(dict.fromkeys(decision.decided_by for decision in decisions)),
        acting_for=listing(dict.fromkeys(d.acting_for for d in decisions if d.acting_for)) or None,
        text="; ".join(dict.fromkeys(_where_written(decision, draft) for decision in decisions)),
        details=bound,
    )


def _one_by_one(
    session: Session,
    approval: Approval,
    draft: Draft,
    decisions: Sequence[ApprovalDecision],
    bound: dict[str, object],
) -> Iterator[Done]:
    """Yield a record for each official: of who approves a proposal, and of the experts who review a product."""
    chain, kind = read_chain(approval.chain), Purpose(approval.purpose).terms.writes or RecordKind.PROPOSAL_APPROVAL
    for decision in decisions:
        found = chain.seat(decision.step, decision.seat)
        if found is None:
            continue
        _, seat = found
        details = dict(bound)
        if seat.role in OFFICIALS:
            details |= {OFFICIAL: OFFICIALS[seat.role].value, OFFICE: seat.office}
        about = decision.seat
        if kind is RecordKind.PRODUCT_REVIEWED:
            yield Done(RecordKind.PRODUCT_ASKED, about, details=dict(bound))
        yield Done(
            kind,
            about,
            on=decision.on_day,
            by=decision.decided_by,
            acting_for=decision.acting_for,
            text=_where_written(decision, draft),
            details=details,
        )
    on_record = read_records(session, approval.alliance_id, approval.subject)
    if approval.purpose == Purpose.FIELD_PROPOSAL and (RecordKind.PROPOSAL_EVALUATED, "") not in on_record:
        # X: "with review and authority for approval": in the field their review is the evaluation.
        last = decisions[-1]
        yield Done(RecordKind.PROPOSAL_EVALUATED, on=last.on_day, by=last.decided_by, details=dict(bound))


def _where_written(decision: ApprovalDecision, draft: Draft) -> str:
    return decision.evidence or f"Approved here, version {draft.version}"
