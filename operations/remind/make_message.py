"""Make a message that waits to be posted, to a channel or to a person."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models.duties import Message, MessageKind, NoticeStatus
from models.offices import Office, Person
from operations.remind.out_of_reach import Address, note_probe


def make_message(
    session: Session,
    kind: MessageKind,
    *,
    office: Office,
    to: Person | Address,
    day: date,
    now: datetime,
    id: uuid.UUID | None = None,  # the field's own word
    **more: Any,
) -> Message:
    """Make a message of a local day of an office; `more` are columns that only some kinds have.

    One that is meant for a person and goes to a channel instead names them by `person_id`.
    """
    meant_for = {"person_id": to.id if isinstance(to, Person) else None}
    message = Message(
        id=id or uuid.uuid4(),
        kind=kind.value,
        office_id=office.id,
        day=day,
        channel=to.slack_id if isinstance(to, Person) else to.channel,
        climbed_why=None if isinstance(to, Person) else to.climbed_why,
        status=NoticeStatus.PENDING.value,
        created_at=now,
        **meant_for | more,
    )
    session.add(message)
    session.flush()
    note_probe(session, to if isinstance(to, Person) else to.office, now)
    return message
