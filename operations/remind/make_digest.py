"""Make a message that sums up, once for its period."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Message, MessageKind, NoticeStatus
from models.offices import Office, Person
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import Address


def make_digest(
    session: Session,
    kind: MessageKind,
    *,
    office: Office,
    to: Person | Address,
    day: date,
    period: date,
    shows: Sequence[uuid.UUID] | None,
    now: datetime,
) -> uuid.UUID | None:
    """Make a digest of a period on a local day of its office; None where there is one already.

    An earlier one of the kind that nobody began to post is cancelled.

    `shows` are the obligations in it; None for one that is not rewritten.
    """
    person_id = to.id if isinstance(to, Person) else None
    same = select(Message.id).where(
        Message.kind == kind,
        Message.office_id == office.id,
        Message.person_id.is_not_distinct_from(person_id),
        Message.period == period,
    )
    if session.scalar(same):
        return None
    # One that still waits says the same with older words: nobody needs both.
    overtaken = session.scalars(
        select(Message)
        .where(
            Message.kind == kind,
            Message.office_id == office.id,
            Message.person_id.is_not_distinct_from(person_id),
            Message.status == NoticeStatus.PENDING,
        )
        .with_for_update(skip_locked=True)
    )
    for earlier in overtaken:
        earlier.status = NoticeStatus.CANCELLED.value
    message = make_message(
        session,
        kind,
        office=office,
        to=to,
        day=day,
        now=now,
        period=period,
        shows=None if shows is None else list(shows),
    )
    return message.id
