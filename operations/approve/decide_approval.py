"""Decide what is put before an official: approve it, send it back, or decline it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from operations.actor import Actor
from operations.approve.ask_approval import open_approval
from operations.approve.seat_holders import Decider, barred_of, find_all
from operations.approve.settle import Decided, settle
from operations.approve.standing import (
    NOTHING_CHANGED,
    decided_words,
    decisions_of,
    refuse_decided_seat,
    refuse_ended,
    refuse_no_reason,
)
from operations.records.open_alliance import Opened
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.approval import Chain, Seat, Verdict, Waiting
from policy.words import listing


def decide_approval(
    session: Session,
    *,
    approval_id: uuid.UUID,
    verdict: Verdict,
    reason: str | None = None,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> Decided:
    """Decide for the seat that a person holds, or acts for, on the version that was shown.

    Approving by the last one needed puts on record what the gates ask for, in the same transaction. `seen` is the
    latest decision that stood there when who decides looked, 0 for none: one click that arrives twice decides once,
    whoever holds two seats. None where nobody looked.

    Raises:
        Refused: The reason is missing, or it is not this official's turn.
        NotAllowed: The person asked for it, or holds no seat of the chain.
        AlreadyDone: It was decided, withdrawn or void before; the sentence says by whom and when.
        GatesOpen: It decides on a renewal, one of whose gates is open.
    """
    approval, opened = open_approval(session, approval_id, by=by, now=now)
    chain, waiting = refuse_ended(session, approval, opened)
    if seen is not None:
        _refuse_twice(session, approval, opened, by, seen)
    turn = _Turn(approval, opened, chain, waiting, barred_of(session, approval, now=now), now)
    seat, decider = _find_seat(session, turn, by)
    refuse_no_reason(verdict, reason)
    row = ApprovalDecision(
        approval_id=approval.id,
        step=waiting.step.id,
        seat=seat.key,
        verdict=verdict.value,
        reason=(reason or "").strip() or None,
        decided_by_id=decider.person.id,
        decided_by=decider.person.name,
        acting_for=decider.acting_for,
        acting_for_id=decider.official_id,
        on_day=opened.today,
        digest=approval.digest,
        decided_at=now,
    )
    return settle(session, approval, opened, row, by=by, now=now)


@dataclass(frozen=True, slots=True)
class _Turn:
    """An approval that waits, and what decides whose turn it is."""

    approval: Approval
    opened: Opened
    chain: Chain
    waiting: Waiting
    #: Ids of who may not decide.
    barred: Collection[int]
    now: datetime


def _refuse_twice(session: Session, approval: Approval, opened: Opened, by: Actor, seen: int) -> None:
    for row in decisions_of(session, approval.id):
        if row.id > seen and row.decided_by_id is not None and row.decided_by_id == by.person_id:
            raise AlreadyDone(
                f"{decided_words(row, opened)}; {NOTHING_CHANGED}. Where you decide for another position, too, ask "
                "again with /alliance approve."
            )


def _find_seat(session: Session, turn: _Turn, by: Actor) -> tuple[Seat, Decider]:
    """Find the seat for which a person decides now; of several the first, in their own right before in another's."""
    mine = []
    for seat, holders in find_all(session, turn.waiting.seats, turn.barred, now=turn.now).items():
        mine += [(seat, decider) for decider in holders.deciders if decider.person.id == by.person_id]
    if not mine:
        raise _refusal(session, turn, by)
    step = turn.waiting.step
    if step.needs < len(step.seats):
        # Where some of several are enough, each is to be somebody else.
        for row in decisions_of(session, turn.approval.id):
            if row.step == step.id and row.decided_by_id == by.person_id:
                raise Refused("You have decided in this step; the others that it needs are for others to decide.")
    return min(mine, key=lambda pair: pair[1].acting_for is not None)


def _refusal(session: Session, turn: _Turn, by: Actor) -> Refused:
    """Say why a person does not decide now: they asked, decided already, are asked later, or not at all."""
    asked_by = turn.approval.asked_by
    if by.person_id == turn.approval.asked_by_id:
        return NotAllowed("You asked for this yourself: it takes a second person to decide it.")
    if by.person_id in turn.barred:
        return NotAllowed(f"{asked_by} asked for this as your designee: it takes a second person to decide it.")
    every = {seat for step in turn.chain.steps for seat in step.seats}
    held = find_all(session, sorted(every, key=lambda seat: seat.key), turn.barred, now=turn.now)
    mine = [seat for seat, holders in held.items() if any(d.person.id == by.person_id for d in holders.deciders)]
    refuse_decided_seat(session, turn.approval, [seat.key for seat in mine], turn.opened)
    wanted = listing(held[seat].title for seat in turn.waiting.seats)
    if mine:
        return Refused(f"It is not your turn yet: this waits for {wanted}.")
    return NotAllowed(f"You may not decide this: it waits for {wanted}.")
