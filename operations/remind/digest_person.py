"""Sum up for a person what is assigned to them, what waits for their decision, and what their offices owe."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import MessageKind
from models.offices import Office, Person
from operations.actor import identify, office_day
from operations.read.approvals import to_approve
from operations.read.own import duties_of_person
from operations.remind.make_digest import make_digest
from operations.remind.out_of_reach import who_can_be_told


def digest_person(session: Session, person_id: int, leaves_out: Collection[str], *, now: datetime) -> uuid.UUID | None:
    """Make a person's digest of a day; None where there is nothing in it, or the person cannot be written to.

    Who holds no position today gets none.
    """
    person = session.get_one(Person, person_id)
    by = identify(session, person.slack_id, now=now)
    if not by.offices or not who_can_be_told([person], now):
        return None
    office = session.scalars(select(Office).where(Office.code == by.offices[0])).one()
    day = office_day(now, office.timezone)
    # What waits for a decision comes first, and is never left out.
    shows = [*to_approve(session, by, now=now), *duties_of_person(session, by, leaves_out, day, now=now)]
    if not shows:
        return None
    return make_digest(session, MessageKind.OWN, office=office, to=person, day=day, period=day, shows=shows, now=now)
