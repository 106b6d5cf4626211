"""Take back a wrong click: the decision no longer counts, and stays readable."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from models.offices import Office
from models.work import AnnualReport
from operations.actor import Actor, office_line, require
from operations.approve.ask_approval import note_approval, open_approval
from operations.approve.cards import rewrite_cards, tell_requester
from operations.approve.ended_words import ended_words
from operations.approve.pass_gates import reopen_gates
from operations.approve.settle import Decided
from operations.approve.standing import decisions_of, refuse_newer, standing_of
from operations.conclude.refuse_ended import refuse_ended
from operations.operate.open_product import product_on_its_way
from operations.records.attach_document import withdraw_documents_of
from operations.records.open_alliance import Opened
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.acting import OF_THE_TOP, acting_roles
from policy.approval import ApprovalStatus, Verdict, read_chain
from policy.chains import Purpose
from policy.rights import Verb
from policy.subjects import PRODUCT, REPORT

#: A number that the column of ids can hold.
_NUMBER = re.compile(r"[0-9]{1,18}")


def undo_decision(session: Session, *, record: str, by: Actor, now: datetime) -> Decided:
    """Take a decision back: who decided, or recorded it, may, as long as nothing rests on it.

    Raises:
        Refused: There is no such decision, or something rests on it.
        NotAllowed: Somebody else decided, or the person holds no position for it any more.
        AlreadyDone: It was undone before.
    """
    number = record.partition(":")[2]
    row = session.get(ApprovalDecision, int(number)) if _NUMBER.fullmatch(number) else None
    if row is None:
        raise Refused("This record cannot be undone here.")
    approval, opened = open_approval(session, row.approval_id, by=by, now=now)
    session.refresh(row)
    if row.withdrawn_at is not None:
        raise AlreadyDone("This decision was undone before; nothing changed.")
    if by.person_id is None or by.person_id not in {row.decided_by_id, row.recorded_by_id}:
        raise NotAllowed(f"{row.decided_by} decided this: who decided, or recorded it, can take it back.")
    _refuse_left(session, approval, opened, row, by)
    _refuse_rested_on(session, approval, opened, row)
    reopen_gates(session, approval, now=now)
    row.withdrawn_at, row.withdrawn_by = now, by.name
    withdraw_documents_of(session, record, None, by=by, now=now)
    approval.status, approval.ended_at = ApprovalStatus.OPEN.value, None
    approval.ended_by = approval.ended_why = None
    session.flush()
    note_approval(session, approval, "decision-undone", by=by.name, now=now, decision=row.id, verdict=row.verdict)
    rewrite_cards(session, [approval.id])
    if approval.asked_by_id != by.person_id:
        tell_requester(session, approval, occasion=f"undone:{row.id}", now=now)
    return Decided(
        approval_id=approval.id,
        alliance_id=approval.alliance_id,
        alliance=opened.row.name,
        purpose=Purpose(approval.purpose),
        verdict=Verdict(row.verdict),
        version=session.get_one(Draft, approval.draft_id).version,
        standing=standing_of(approval, decisions_of(session, approval.id)),
        record=None,
    )


def _refuse_left(session: Session, approval: Approval, opened: Opened, row: ApprovalDecision, by: Actor) -> None:
    """Let pass who holds today, in whatever way, a position that decides for the seat, or records what others do."""
    if by.person_id == row.recorded_by_id:
        require(session, by, Verb.PREPARE, office_codes=opened.of.facts.offices)
        return
    found = read_chain(approval.chain).seat(row.step, row.seat)
    seat = None if found is None else found[1]
    if seat is None or seat.role is None:
        return
    roles = {seat.role, *acting_roles(seat.role)}
    office = session.scalar(select(Office.id).where(Office.code == seat.office))
    line = () if office is None else office_line(session, office)
    if not any(p.role in roles and (p.role in OF_THE_TOP or p.office_code in line) for p in by.positions):
        raise NotAllowed("You no longer hold a position that decides this, so you cannot take it back, either.")


def _refuse_rested_on(session: Session, approval: Approval, opened: Opened, row: ApprovalDecision) -> None:
    if Purpose(approval.purpose) is not Purpose.REPORT:
        refuse_ended(opened)
    if approval.status in {ApprovalStatus.SUPERSEDED, ApprovalStatus.WITHDRAWN}:
        raise Refused(f"{ended_words(approval, opened.of.timezone)}; the decision can no longer be undone.")
    if Purpose(approval.purpose) is Purpose.RENEWAL and approval.status == ApprovalStatus.APPROVED:
        raise Refused("The decision at the end of the term is on record by it, and would have to be undone first.")
    later = next((one for one in decisions_of(session, approval.id) if one.id > row.id), None)
    if later is not None:
        raise Refused(f"{later.decided_by} has decided after this; it can no longer be undone.")
    refuse_newer(session, approval)
    kind, _, number = approval.subject.partition(":")
    if kind == PRODUCT:
        # Neither a product that was published on the strength of it, nor one that was given up, waits for anybody.
        product_on_its_way(session, approval.alliance_id, int(number))
    if kind == REPORT:
        sent = select(AnnualReport.id).where(
            AnnualReport.alliance_id == approval.alliance_id,
            AnnualReport.period_end == date.fromisoformat(number),
            AnnualReport.submitted_on.is_not(None),
        )
        if session.scalar(sent) is not None:
            raise Refused("The report was submitted to DCSP since; that would have to be undone first.")
    other = session.scalar(
        select(Approval.asked_by).where(
            Approval.alliance_id == approval.alliance_id,
            Approval.subject == approval.subject,
            Approval.purpose == approval.purpose,
            Approval.about == approval.about,
            Approval.id != approval.id,
            or_(
                Approval.status == ApprovalStatus.OPEN.value,
                and_(Approval.status == ApprovalStatus.APPROVED.value, Approval.digest == approval.digest),
            ),
        )
    )
    if other is not None:
        raise Refused(f"{other} has asked for this anew since; what is decided there counts.")
