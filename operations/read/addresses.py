"""The addresses of calendars: whose, of what, since when, last fetched when; never the address itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.calendars import CalendarFeed
from models.offices import Office, Person
from operations.calendars.which import OWN


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address that is served."""

    id: int
    #: As `operations.calendars.which` names it.
    key: str
    #: Of what the calendar is; None for the person's own.
    of: str | None
    person: str
    slack_id: str
    made_at: datetime
    #: To the minute or so; None: never.
    fetched_at: datetime | None


def list_addresses(session: Session, person_id: int | None = None) -> list[AddressShown]:
    """List the addresses of a person, or of everybody (None), by person and in the order in which they were made."""
    rows = session.execute(
        select(CalendarFeed, Person.name, Person.slack_id, Office.code, Office.name, Alliance.name)
        .join(Person, Person.id == CalendarFeed.person_id)
        .outerjoin(Office, Office.id == CalendarFeed.office_id)
        .outerjoin(Alliance, Alliance.id == CalendarFeed.alliance_id)
        .where(CalendarFeed.stopped_at.is_(None))
        .where(true() if person_id is None else CalendarFeed.person_id == person_id)
        .order_by(Person.name, CalendarFeed.id)
    )
    return [
        AddressShown(
            row.id,
            f"office:{code}" if code else OWN if row.alliance_id is None else f"alliance:{row.alliance_id}",
            office or alliance,
            person,
            slack_id,
            row.made_at,
            row.fetched_at,
        )
        for row, person, slack_id, code, office, alliance in rows
    ]
