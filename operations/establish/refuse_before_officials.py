"""Refuse by hand what officials were asked for here: it counts as they decide."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from operations.actor import office_day
from operations.approve.ended_words import ended_words
from operations.approve.void import LATEST_LAST, before_officials
from operations.records.gate_records import Done
from operations.records.open_alliance import Opened
from operations.refusals import Refused
from policy.approval import ApprovalStatus, read_chain
from policy.gate_records import RecordKind
from policy.subjects import RENEWAL
from policy.words import day


def refuse_before_officials(session: Session, opened: Opened, subject: str, done: Sequence[Done]) -> None:
    """Let pass what nobody was asked for here; of a product the review of who is not among the experts asked, too.

    Raises:
        Refused: It waits for officials, or was decided by them; the sentence says where that is recorded.
    """
    asked = before_officials(session, opened.row.id, subject)
    product = asked.get((RecordKind.PRODUCT_REVIEWED, ""))
    experts = set() if product is None else _experts(product)
    for one in done:
        if one.kind is RecordKind.PROPOSAL_APPROVAL:
            raise Refused("A proposal is approved where it is put forward: /alliance approve.", field=one.field)
        if one.kind in {RecordKind.PRODUCT_ASKED, RecordKind.PRODUCT_REVIEWED}:
            approval = product if " ".join(one.about.split()).casefold() in experts else None
        else:
            approval = asked.get((one.kind, one.about))
        if approval is not None:
            raise Refused(_sentence(approval, opened.of.timezone), field=one.field)


def refuse_decision_by_hand(session: Session, opened: Opened, agreement_id: int, *, field: str) -> None:
    """Let pass the decision on a term that nobody was asked for here; what was approved here is on record as decided.

    Raises:
        Refused: The recommendation is before management, or came back from there.
    """
    asked = session.scalars(
        select(Approval)
        .where(
            Approval.alliance_id == opened.row.id,
            Approval.subject == f"{RENEWAL}:{agreement_id}",
            Approval.status != ApprovalStatus.WITHDRAWN.value,
        )
        .order_by(*LATEST_LAST)
    ).all()
    if asked and asked[-1].status != ApprovalStatus.APPROVED:
        raise Refused(_sentence(asked[-1], opened.of.timezone), field=field)


def _experts(approval: Approval) -> set[str]:
    """Return the keys of the seats, and the names of who is outside."""
    seats = [seat for step in read_chain(approval.chain).steps for seat in step.seats]
    return {name.casefold() for seat in seats for name in (seat.key, seat.outside) if name}


def _sentence(approval: Approval, timezone: str) -> str:
    if approval.status == ApprovalStatus.OPEN:
        asked = day(office_day(approval.asked_at, timezone))
        return (
            f"{approval.asked_by} put this before officials on {asked}: it counts as they decide. What one of them "
            "decides on paper is recorded with /alliance approve."
        )
    return (
        f"{ended_words(approval, timezone)}: it counts as they decided. What is to be decided anew is put forward with "
        "/alliance approve."
    )
