"""Let open duties and requests follow a change of hands: what somebody had who left goes on to who is there."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, MessageKind, Obligation
from models.offices import Office
from models.requests import Request
from operations.actor import office_day, process
from operations.approve.ask_anew import ask_who_decides_now
from operations.hands.lock_hands import lock_hands
from operations.read.ownerless import read_held
from operations.read.requests import deciders_of, nearest
from operations.records.open_alliance import lock_alliances
from operations.records.open_program import lock_program
from operations.remind.change_answer import change_answer
from operations.remind.lock_messages import lock_messages
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import find_address, who_can_be_told
from operations.remind.plan_notices import announce, rewrite_messages
from policy.requests import RequestStatus

#: Who does it, as the audit calls it.
FOLLOWER = process("change of hands")

#: Ids of alliances; None is the program.
_Alliances = Collection[int | None]


def follow_hands(session: Session, *, now: datetime, among: _Alliances | None = None) -> int:
    """Give back what is assigned to people who hold no position for it today, and ask others what they were asked.

    So it is with approvals: whoever decides one today, and has no card of it, gets one. `among` are alliances that the
    caller has locked, with their messages: others would have to be locked before them, and are left to the next check.
    None is all, and the program.

    An office is told in its channel which duties are nobody's in particular again. Reminders need nothing: they are
    made out to positions. Returns how many duties were given back; history stays as it was.
    """
    if not _whose(session, now, among):
        return 0
    if among is None:
        lock_hands(session)
        among = _whose(session, now, None)
        lock_alliances(session, sorted(id for id in among if id is not None))
        if None in among:
            lock_program(session)
        lock_messages(session, among)
    returned = _give_back(session, now, among)
    for request in _requests(session, _unasked(session, now, among)):
        _ask_anew(session, request, now=now)
    ask_who_decides_now(session, now=now, among=among)
    session.flush()
    return returned


def _whose(session: Session, now: datetime, among: _Alliances | None) -> set[int | None]:
    """Return the alliances, None for the program, of which something has to go on."""
    ids = [*_stale(session, now, among), *_unasked(session, now, among)]
    owing = session.scalars(select(Obligation.alliance_id).where(Obligation.id.in_(ids)))
    return {*owing, *ask_who_decides_now(session, now=now, among=among, tried=True)}


def _stale(session: Session, now: datetime, among: _Alliances | None) -> list[uuid.UUID]:
    """List the open duties that are assigned to somebody who holds no position for them today."""
    query = select(Obligation.id, Obligation.assigned_to_id, Obligation.office_id, Obligation.alliance_id).where(
        Obligation.settled.is_(None), Obligation.assigned_to_id.is_not(None)
    )
    rows = session.execute(query.order_by(Obligation.id)).all()
    assigned = [row for row in rows if among is None or row.alliance_id in among]
    if not assigned:
        return []
    held = read_held(session, now=now)
    return [row.id for row in assigned if not held.can_do(row.assigned_to_id or 0, row.office_id)]


def _give_back(session: Session, now: datetime, among: _Alliances) -> int:
    by_office: dict[int, list[uuid.UUID]] = defaultdict(list)
    for id in _stale(session, now, among):
        row = session.get_one(Obligation, id, populate_existing=True)
        told = {"had": row.assigned_as, "why": "holds no position for it any more"}
        after = dict.fromkeys(("assigned_to_id", "assigned_as", "assigned_by", "assigned_note"))
        subject = "program" if row.alliance_id is None else f"alliance:{row.alliance_id}"
        change_answer(
            session,
            row,
            after,
            kind="assignment",
            action="obligation:unassigned",
            subject=subject,
            by=FOLLOWER,
            now=now,
            told=told,
        )
        by_office[row.office_id].append(id)
    for office_id, ids in sorted(by_office.items()):
        _tell_office(session, office_id, ids, now=now)
    return sum(map(len, by_office.values()))


def _tell_office(session: Session, office_id: int, ids: Sequence[uuid.UUID], *, now: datetime) -> None:
    office = session.get_one(Office, office_id)
    address = find_address(session, office, now=now)
    if address is None:
        # They still stand in every list.
        return
    message = make_message(
        session,
        MessageKind.RETURNED,
        office=office,
        to=address,
        day=office_day(now, office.timezone),
        now=now,
        shows=list(ids),
    )
    announce(session, message.id)


def _unasked(session: Session, now: datetime, among: _Alliances | None) -> list[uuid.UUID]:
    """List the duties for which something is asked of nobody who can decide it today, although somebody can."""
    query = select(Request, Obligation.alliance_id).join(Obligation, Obligation.id == Request.obligation_id)
    rows = session.execute(
        query.where(Request.status == RequestStatus.OPEN).order_by(Request.asked_at, Request.id)
    ).all()
    return [
        request.obligation_id
        for request, alliance_id in rows
        if (among is None or alliance_id in among) and _whom(session, request, now) is not None
    ]


def _requests(session: Session, obligation_ids: Sequence[uuid.UUID]) -> Sequence[Request]:
    query = select(Request).where(Request.obligation_id.in_(obligation_ids), Request.status == RequestStatus.OPEN)
    return session.scalars(query.order_by(Request.id)).all()


def _whom(session: Session, request: Request, now: datetime) -> tuple[int, int] | None:
    """Return (person, office) of whom a request has to be asked anew; None where who was asked can still decide."""
    row = session.get_one(Obligation, request.obligation_id)
    deciders = deciders_of(session, request, row, now=now)
    asked = session.scalars(
        select(Message.person_id).where(Message.request_id == request.id, Message.kind == MessageKind.REQUEST)
    ).all()
    if set(asked) & {decider.person.id for decider in deciders}:
        return None
    told = who_can_be_told([decider.person for decider in nearest(deciders)], now)
    return (told[0].id, nearest(deciders)[0].office.id) if told else None


def _ask_anew(session: Session, request: Request, *, now: datetime) -> None:
    whom = _whom(session, request, now)
    if whom is None:
        return
    row = session.get_one(Obligation, request.obligation_id)
    deciders = nearest(deciders_of(session, request, row, now=now))
    chosen = next(decider for decider in deciders if decider.person.id == whom[0])
    day = office_day(now, chosen.office.timezone)
    message = make_message(
        session,
        MessageKind.REQUEST,
        office=chosen.office,
        to=chosen.person,
        day=day,
        now=now,
        request_id=request.id,
    )
    audit.record(
        session,
        at=now,
        actor=FOLLOWER.name,
        action="request:asked-anew",
        subject="program" if row.alliance_id is None else f"alliance:{row.alliance_id}",
        data={"request": request.id, "obligation": row.id, "of": chosen.name, "role": chosen.role.value},
    )
    rewrite_messages(session, [row.id])
    announce(session, message.id)
