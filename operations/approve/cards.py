"""The messages of an approval: the card before each official who may decide, and what was decided to who asked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.approvals import Approval
from models.duties import Message, MessageKind
from models.offices import Office, Person
from operations.actor import office_day
from operations.approve.seat_holders import Decider, barred_of, find_holders
from operations.remind.lock_messages import lock_messages
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import Address, find_address, who_can_be_told
from operations.remind.plan_notices import announce, is_history
from policy.approval import Seat


def ask_seats(
    session: Session, approval: Approval, seats: Sequence[Seat], *, occasion: str, now: datetime
) -> list[uuid.UUID]:
    """Post the card to everybody who may decide for these seats, or to the office's channel where nobody can be told.

    `occasion` names why, as `Message.occasion`: what was said for it is not said again. For somebody outside nothing
    is posted: who asked records what they decide.
    """
    barred = barred_of(session, approval, now=now)
    made: list[uuid.UUID] = []
    for seat in seats:
        holders = find_holders(session, seat, barred, now=now)
        if holders.office is not None:
            made += tell_deciders(session, approval, holders.office, holders.deciders, occasion=occasion, now=now)
    return made


def tell_deciders(
    session: Session, approval: Approval, office: Office, deciders: Iterable[Decider], *, occasion: str, now: datetime
) -> list[uuid.UUID]:
    """Post the card to some officials, each once for an occasion; to the channel of their office where none can be."""
    people = list({decider.person.id: decider.person for decider in deciders}.values())
    targets: list[Person | Address] = list(who_can_be_told(people, now))
    if not targets:
        address = find_address(session, office, now=now)
        if address is None:
            # It still stands in the lists of who may decide.
            return []
        gone = next((f"{person.name} {person.unreachable_why}" for person in people), None)
        targets = [address if gone is None else replace(address, climbed_why=gone)]
    told = _told(session, approval.id, MessageKind.APPROVAL, occasion)
    made = []
    for to in targets:
        person_id = to.id if isinstance(to, Person) else None
        if (person_id, None if person_id else office.id) in told:
            continue
        message = make_message(
            session,
            MessageKind.APPROVAL,
            office=office,
            to=to,
            day=office_day(now, office.timezone),
            now=now,
            approval_id=approval.id,
            occasion=occasion,
        )
        announce(session, message.id)
        made.append(message.id)
    return made


def tell_requester(session: Session, approval: Approval, *, occasion: str, now: datetime) -> list[uuid.UUID]:
    """Tell who asked what became of it; where they cannot be written to, the channel of the lead office."""
    person = session.get_one(Person, approval.asked_by_id)
    office = lead_office(session, approval.alliance_id)
    if (person.id, None) in _told(session, approval.id, MessageKind.APPROVAL_NEWS, occasion):
        return []
    to: Person | Address = person
    if not who_can_be_told([person], now):
        address = find_address(session, office, now=now)
        if address is None:
            return []
        to = replace(address, climbed_why=f"{person.name} {person.unreachable_why}")
    message = make_message(
        session,
        MessageKind.APPROVAL_NEWS,
        office=office,
        to=to,
        day=office_day(now, office.timezone),
        now=now,
        person_id=person.id,
        approval_id=approval.id,
        occasion=occasion,
    )
    announce(session, message.id)
    return [message.id]


def rewrite_cards(session: Session, approval_ids: Collection[uuid.UUID]) -> None:
    """Ask for a new version of every message about these approvals, and of digests that list them.

    They are announced when we commit; digests that are history keep their words.

    One that still waits is raised, too: nobody may post meanwhile what is being decided.
    """
    if not approval_ids:
        return
    session.flush()
    ids = list(approval_ids)
    # Duties of theirs may be changed after this, or were before: one round for both.
    lock_messages(session, session.scalars(select(Approval.alliance_id).where(Approval.id.in_(ids)).distinct()).all())
    listed = Message.shows.overlap(ids) & ~is_history()
    about = select(Message.id).where(or_(Message.approval_id.in_(ids), listed))
    changed = session.scalars(about.order_by(Message.id).with_for_update()).all()
    session.execute(
        update(Message).where(Message.id.in_(changed)).values(version=Message.version + 1),
        execution_options={"synchronize_session": False},
    )
    for message_id in changed:
        announce(session, message_id)


def lead_office(session: Session, alliance_id: int) -> Office:
    """Return the office that leads an alliance; of an entry that was merged, that of the one with its records."""
    found = session.scalars(
        select(Office)
        .join(AllianceOffice, AllianceOffice.office_id == Office.id)
        .where(AllianceOffice.alliance_id == alliance_id)
        .order_by(AllianceOffice.rank)
        .limit(1)
    ).one_or_none()
    return found or lead_office(session, session.get_one(Alliance, alliance_id).merged_into_id or 0)


def _told(
    session: Session, approval_id: uuid.UUID, kind: MessageKind, occasion: str
) -> set[tuple[int | None, int | None]]:
    """Return who was told on an occasion: a person by id, or else the channel of an office by its id."""
    rows = session.execute(
        select(Message.person_id, Message.office_id).where(
            Message.approval_id == approval_id, Message.kind == kind.value, Message.occasion == occasion
        )
    )
    return {(person, None if person is not None else office) for person, office in rows}
