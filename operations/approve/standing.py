"""How an approval stands in the records, and what keeps somebody from deciding it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from operations.approve.drafts import latest_draft
from operations.approve.ended_words import ended_words, moment
from operations.records.open_alliance import Opened
from operations.refusals import AlreadyDone, Refused
from policy.approval import ApprovalStatus, Chain, Decision, Standing, Step, Verdict, Waiting, next_step, read_chain

NOTHING_CHANGED = "nothing changed"


def decisions_of(session: Session, approval_id: uuid.UUID) -> Sequence[ApprovalDecision]:
    """Return what was decided and not taken back, in order."""
    return session.scalars(
        select(ApprovalDecision)
        .where(ApprovalDecision.approval_id == approval_id, ApprovalDecision.withdrawn_at.is_(None))
        .order_by(ApprovalDecision.id)
    ).all()


def waiting_approvals(session: Session) -> Iterator[tuple[Approval, Waiting]]:
    """Yield what is before officials, the longest first, each with whom it waits for: two queries for all."""
    open_ = Approval.status == ApprovalStatus.OPEN.value
    decided: dict[uuid.UUID, list[ApprovalDecision]] = {}
    for row in session.scalars(
        select(ApprovalDecision)
        .join(Approval, Approval.id == ApprovalDecision.approval_id)
        .where(open_, ApprovalDecision.withdrawn_at.is_(None))
        .order_by(ApprovalDecision.id)
    ):
        decided.setdefault(row.approval_id, []).append(row)
    for approval in session.scalars(select(Approval).where(open_).order_by(Approval.asked_at, Approval.id)).all():
        standing = standing_of(approval, decided.get(approval.id, ()))
        if isinstance(standing, Waiting):
            yield approval, standing


def approvals_in(session: Session, approval: Approval, step: Step) -> int:
    """Count the seats of a step that have approved."""
    rows = decisions_of(session, approval.id)
    return sum(row.step == step.id and row.verdict == Verdict.APPROVE for row in rows)


def standing_of(approval: Approval, rows: Sequence[ApprovalDecision]) -> Standing:
    """Say how an approval stands by what was decided."""
    said = [Decision(row.step, row.seat, Verdict(row.verdict), row.digest) for row in rows]
    return next_step(read_chain(approval.chain), said, approval.digest)


def refuse_ended(session: Session, approval: Approval, opened: Opened) -> tuple[Chain, Waiting]:
    """Return the chain and whom it waits for, of an approval that is still open; the alliance is locked.

    Raises:
        AlreadyDone: It ended; the sentence says how, by whom and when.
        Refused: A later version of the draft was kept.
    """
    if approval.status != ApprovalStatus.OPEN:
        raise AlreadyDone(f"{ended_words(approval, opened.of.timezone)}; {NOTHING_CHANGED}.")
    refuse_newer(session, approval)
    chain = read_chain(approval.chain)
    standing = standing_of(approval, decisions_of(session, approval.id))
    if not isinstance(standing, Waiting):
        raise AlreadyDone(f"This was decided already; {NOTHING_CHANGED}.")
    return chain, standing


def refuse_newer(session: Session, approval: Approval) -> None:
    """Let pass what is about the latest version.

    Raises:
        Refused: A later one was kept.
    """
    latest, shown = (
        latest_draft(session, approval.alliance_id, approval.subject),
        session.get_one(Draft, approval.draft_id),
    )
    if latest is not None and latest.digest != approval.digest:
        raise Refused(
            f"You were shown version {shown.version}; {latest.made_by} kept version {latest.version} since. It has to "
            "be put forward anew, and what was decided on the earlier one no longer counts."
        )


def refuse_decided_seat(session: Session, approval: Approval, seat_keys: Sequence[str], opened: Opened) -> None:
    """Let pass while none of these seats has decided.

    Raises:
        AlreadyDone: One has; the sentence says who decided what, and when.
    """
    for row in decisions_of(session, approval.id):
        if row.seat in seat_keys:
            raise AlreadyDone(f"{decided_words(row, opened)}; {NOTHING_CHANGED}.")


def decided_words(row: ApprovalDecision, opened: Opened) -> str:
    """Say who decided what and when, a sentence without its end."""
    did = {Verdict.APPROVE: "approved", Verdict.RETURN: "returned", Verdict.DECLINE: "declined"}
    acting = f" (for {row.acting_for})" if row.acting_for else ""
    when = moment(row.decided_at, opened.of.timezone)
    return f"{row.decided_by}{acting} {did[Verdict(row.verdict)]} this on {when}"


def refuse_no_reason(verdict: Verdict, reason: str | None) -> None:
    """Let pass an approval, and anything else with its reason.

    Raises:
        Refused: The reason is missing.
    """
    if verdict is not Verdict.APPROVE and not (reason or "").strip():
        raise Refused("Say why: who asked reads it, and it is kept with the decision.", field="reason")
