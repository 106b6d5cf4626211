"""Stop an address of a calendar: from then on nothing is served under it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance
from models.calendars import CalendarFeed
from models.offices import Office, Person
from operations.actor import Actor, require
from operations.change_closures import top_office
from operations.refusals import AlreadyDone, Refused
from policy.rights import Verb


def stop_address(session: Session, *, address_id: int, by: Actor, now: datetime) -> str:
    """Stop an address; a person stops their own, an administrator anybody's. Returns the name of its calendar.

    Raises:
        Refused: There is no such address.
        AlreadyDone: It was stopped or replaced before.
        NotAllowed: It is somebody else's, and the person is no administrator of the National Office.
    """
    row = session.get(CalendarFeed, address_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise Refused("There is no such address of a calendar.")
    if row.person_id != by.person_id:
        require(session, by, Verb.ADMINISTER, office_codes=[top_office(session).code])
    if row.stopped_at is not None:
        raise AlreadyDone(f"This address was stopped before, by {row.stopped_by}; nothing changed.")
    row.stopped_at, row.stopped_by = now, by.name
    owner = session.get_one(Person, row.person_id)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="calendar:stopped",
        subject=f"person:{owner.slack_id}",
        data={"address": row.id},
    )
    return _name(session, row)


def _name(session: Session, row: CalendarFeed) -> str:
    if row.office_id is not None:
        return session.get_one(Office, row.office_id).name
    return "own calendar" if row.alliance_id is None else session.get_one(Alliance, row.alliance_id).name
