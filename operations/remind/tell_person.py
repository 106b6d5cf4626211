"""Tell a person by a direct message what another did that concerns them: decided what they asked, assigned a duty."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.duties import MessageKind, Obligation
from models.offices import Office, Person
from operations.actor import office_day
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import Address, find_address, who_can_be_told
from operations.remind.plan_notices import announce


def tell_person(
    session: Session,
    person_id: int,
    row: Obligation,
    *,
    kind: MessageKind,
    now: datetime,
    request_id: uuid.UUID | None = None,
) -> None:
    """Make the message; where the person cannot be written to, it goes to the channel of the duty's office.

    It is rewritten when the duty changes.
    """
    person, office = session.get_one(Person, person_id), session.get_one(Office, row.office_id)
    to: Person | Address = person
    if not who_can_be_told([person], now):
        address = find_address(session, office, now=now)
        if address is None:
            # It still stands under the duty in every list.
            return
        to = replace(address, climbed_why=f"{person.name} {person.unreachable_why}")
    message = make_message(
        session,
        kind,
        office=office,
        to=to,
        day=office_day(now, office.timezone),
        now=now,
        person_id=person.id,
        request_id=request_id,
        shows=None if request_id is not None else [row.id],
    )
    announce(session, message.id)
