"""Let what is before officials follow a move: who has not decided yet is asked at the office of today."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.audit import AuditEntry
from operations.actor import Actor
from operations.approve.ask_approval import note_approval
from operations.approve.cards import rewrite_cards
from operations.approve.standing import decisions_of, standing_of
from policy.approval import ApprovalStatus, Chain, Seat, Step, Waiting, read_chain, write_chain
from policy.chains import Purpose


def alliances_asking(session: Session, office_code: str) -> set[int]:
    """Return the alliances of which something is before officials of an office."""
    return {row.alliance_id for row in _open(session, None) if office_code in _offices(row)}


def approvals_asking(session: Session, office_code: str, alliance_ids: Collection[int]) -> list[uuid.UUID]:
    """Return what is before officials of an office, or about it, for some alliances."""
    return [row.id for row in _open(session, alliance_ids) if office_code in _offices(row)]


def move_approvals(
    session: Session,
    alliance_ids: Collection[int],
    moves: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
    change: str | None = None,
    undone: bool = False,
) -> None:
    """Ask at other offices what waits there, and is about them; `moves` are codes of offices, before and from now on.

    The alliances are locked. Who decided at an office stays on record as having done so there. `change` is the id of
    a move that can be taken back; where it is `undone`, each is asked who was asked before it, also where the move had
    made one of several.
    """
    moved = []
    for approval in _open(session, alliance_ids):
        chain, about = read_chain(approval.chain), approval.about
        rows = decisions_of(session, approval.id)
        decided = {(row.step, row.seat) for row in rows}
        after = Chain(tuple(_reseated(step, moves, decided) for step in chain.steps))
        if Purpose(approval.purpose).terms.about == "region" and not _asked_there(session, approval, moves):
            about = moves.get(about, about)
        earlier = _before(session, approval, change) if undone else None
        if earlier is not None and decided <= _seats(earlier[0]):
            after, about = earlier
        if (after, about) == (chain, approval.about):
            continue
        before = approval.chain, approval.about
        approval.chain, approval.about = write_chain(after), about
        if not isinstance(standing_of(approval, rows), Waiting):
            # Two seats have become one, which has decided: whoever acts for the one that is left decides.
            approval.chain, approval.about = before
            continue
        moved.append(approval.id)
        told = {"offices": dict(moves), "change": change, "before": {"chain": before[0], "about": before[1]}}
        note_approval(session, approval, "moved", by=by.name, now=now, **told)
    rewrite_cards(session, moved)


def _before(session: Session, approval: Approval, change: str | None) -> tuple[Chain, str] | None:
    """Return the chain and the office that an approval had before a move; None where that did not change them."""
    moved = select(AuditEntry.data).where(
        AuditEntry.action == "approval:moved",
        AuditEntry.data.contains({"approval": str(approval.id), "change": change}),
    )
    told = session.scalar(moved.order_by(AuditEntry.seq).limit(1))
    return None if told is None else (read_chain(told["before"]["chain"]), told["before"]["about"])


def _seats(chain: Chain) -> set[tuple[str, str]]:
    return {(step.id, seat.key) for step in chain.steps for seat in step.seats}


def _open(session: Session, alliance_ids: Collection[int] | None) -> list[Approval]:
    found = select(Approval).where(Approval.status == ApprovalStatus.OPEN.value)
    if alliance_ids is not None:
        found = found.where(Approval.alliance_id.in_(alliance_ids))
    return list(session.scalars(found.order_by(Approval.id).execution_options(populate_existing=True)))


def _offices(approval: Approval) -> set[str]:
    return {approval.about, *(seat.office for step in read_chain(approval.chain).steps for seat in step.seats)}


def _asked_there(session: Session, approval: Approval, moves: Mapping[str, str]) -> bool:
    """Whether the same is before the other office already."""
    same = select(Approval.id).where(
        Approval.alliance_id == approval.alliance_id,
        Approval.subject == approval.subject,
        Approval.purpose == approval.purpose,
        Approval.about == moves.get(approval.about),
        Approval.status == ApprovalStatus.OPEN.value,
    )
    return session.scalar(same) is not None


def _reseated(step: Step, moves: Mapping[str, str], decided: Collection[tuple[str, str]]) -> Step:
    seats = tuple(
        dict.fromkeys(
            seat
            if seat.role is None or seat.office not in moves or (step.id, seat.key) in decided
            else Seat(seat.role, moves[seat.office])
            for seat in step.seats
        )
    )
    return Step(step.id, step.title, seats, min(step.needs, len(seats)), step.clause)
