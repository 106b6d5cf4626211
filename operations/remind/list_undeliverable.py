"""Tell the administrators of a program once a day what could not be delivered, as long as there is anything."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Message, MessageKind
from models.offices import Office, Person
from operations.read.officials import holders
from operations.read.undeliverable import read_undeliverable
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import LEFT_ALONE, Address, find_address, who_can_be_told
from policy.rights import Role


def list_undeliverable(session: Session, *, office_id: int, day: date, now: datetime) -> list[uuid.UUID]:
    """Make the lists of a local day, where the office is at the top of a program; return the ids of new ones.

    Each administrator there gets one directly; where nobody can be told, it goes to the office's channel.
    """
    root = session.get_one(Office, office_id)
    if root.parent_id is not None or root.kind == "external" or not read_undeliverable(session, root, now=now):
        return []
    people = who_can_be_told(holders(session, Role.ADMINISTRATOR, [root.code], day), now)
    address = find_address(session, root, now=now)
    told: list[Person | Address] = [*people] or ([address] if address else [])
    made = [_make(session, root, to, day, now) for to in told]
    return [message_id for message_id in made if message_id is not None]


def _make(session: Session, root: Office, to: Person | Address, day: date, now: datetime) -> uuid.UUID | None:
    person_id = to.id if isinstance(to, Person) else None
    same = select(Message.id).where(
        Message.kind == MessageKind.UNDELIVERABLE,
        Message.office_id == root.id,
        Message.person_id.is_not_distinct_from(person_id),
        Message.day == day,
    )
    if session.scalar(same):
        return None
    return make_message(session, MessageKind.UNDELIVERABLE, office=root, to=to, day=day, now=now).id


def lists_of_the_day(session: Session, *, now: datetime) -> Sequence[uuid.UUID]:
    """Find the lists that were made last, of which those of tomorrow say what holds then; nothing is locked."""
    made = select(Message.id).where(Message.kind == MessageKind.UNDELIVERABLE, Message.created_at > now - LEFT_ALONE)
    return session.scalars(made).all()
