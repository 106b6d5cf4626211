"""Give the card of an approval to who decides it since hands changed: nobody else asks them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.duties import Message, MessageKind
from operations.approve.cards import rewrite_cards, tell_deciders
from operations.approve.seat_holders import barred_of, find_all
from operations.approve.standing import waiting_approvals
from operations.remind.out_of_reach import who_can_be_told
from policy.approval import Waiting


def ask_who_decides_now(
    session: Session, *, now: datetime, among: Collection[int | None] | None = None, tried: bool = False
) -> set[int]:
    """Post the card to everybody who may decide today and never got one; returns the ids of the alliances.

    `among` are those that it is done for, of all where it is None. One that is only `tried` posts nothing; else they
    are locked.
    """
    found = set()
    for approval, standing in list(waiting_approvals(session)):
        if (among is None or approval.alliance_id in among) and _ask(session, approval, standing, now=now, tried=tried):
            found.add(approval.alliance_id)
    return found


def _ask(session: Session, approval: Approval, standing: Waiting, *, now: datetime, tried: bool) -> bool:
    cards = select(Message.person_id).where(
        Message.approval_id == approval.id, Message.kind == MessageKind.APPROVAL.value
    )
    have = set(session.scalars(cards))
    asked = False
    for holders in find_all(session, standing.seats, barred_of(session, approval, now=now), now=now).values():
        new = [decider for decider in holders.deciders if decider.person.id not in have]
        if holders.office is None or not who_can_be_told([decider.person for decider in new], now):
            continue
        asked = True
        if not tried:
            tell_deciders(session, approval, holders.office, new, occasion=f"asked:{standing.step.id}", now=now)
    if asked and not tried:
        # Who may no longer decide reads who may.
        rewrite_cards(session, [approval.id])
    return asked
