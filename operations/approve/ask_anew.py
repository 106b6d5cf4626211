"""Give the card of an approval to who decides it since hands changed: nobody else asks them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.duties import Message, MessageKind
from models.offices import Office
from operations.approve.cards import rewrite_cards, tell_deciders
from operations.approve.seat_holders import Decider, find_for_all
from operations.approve.standing import waiting_approvals
from operations.remind.out_of_reach import who_can_be_told
from policy.approval import Waiting

#: What is to be asked anew: the office of a seat, and who decides for it and has no card.
_Unasked = list[tuple[Office, list[Decider]]]


def ask_who_decides_now(
    session: Session, *, now: datetime, among: Collection[int | None] | None = None, tried: bool = False
) -> set[int]:
    """Post the card to everybody who may decide today and never got one; returns the ids of the alliances.

    `among` are those that it is done for, of all where it is None. One that is only `tried` posts nothing; else they
    are locked.
    """
    waiting = [each for each in waiting_approvals(session) if among is None or each[0].alliance_id in among]
    found = list(_unasked(session, waiting, now=now))
    if not tried:
        for approval, standing, unasked in found:
            for office, new in unasked:
                tell_deciders(session, approval, office, new, occasion=f"asked:{standing.step.id}", now=now)
        # Who may no longer decide reads who may; one round for all.
        rewrite_cards(session, [approval.id for approval, _, _ in found])
    return {approval.alliance_id for approval, _, _ in found}


def _unasked(
    session: Session, waiting: Sequence[tuple[Approval, Waiting]], *, now: datetime
) -> Iterator[tuple[Approval, Waiting, _Unasked]]:
    """Yield what somebody decides who has no card of it; a few queries for all, and some for each seat."""
    have: dict[uuid.UUID | None, set[int | None]] = defaultdict(set)
    cards = select(Message.approval_id, Message.person_id).where(
        Message.approval_id.in_([approval.id for approval, _ in waiting]), Message.kind == MessageKind.APPROVAL.value
    )
    for approval_id, person_id in session.execute(cards):
        have[approval_id].add(person_id)
    held = find_for_all(session, [(approval, standing.seats) for approval, standing in waiting], now=now)
    for (approval, standing), seats in zip(waiting, held, strict=True):
        unasked: _Unasked = []
        for holders in seats.values():
            new = [decider for decider in holders.deciders if decider.person.id not in have[approval.id]]
            if holders.office is not None and who_can_be_told([decider.person for decider in new], now):
                unasked.append((holders.office, new))
        if unasked:
            yield approval, standing, unasked
