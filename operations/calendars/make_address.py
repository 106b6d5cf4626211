"""Make the address under which a person fetches a calendar, or another one in its place."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.calendars import CalendarFeed
from models.offices import Person
from operations.actor import Actor
from operations.calendars.which import NO_POSITION, Which, require_calendar, which_calendar
from operations.refusals import AlreadyDone, NotAllowed

#: Bytes of chance in an address: nobody guesses it, and its hash needs no salt. Written so that no sign of it means
#: anything in Slack, in a shell or in an address.
CHANCE = 32


@dataclass(frozen=True, slots=True)
class MadeAddress:
    """A new address; this is the only time that its random part is known here."""

    token: str
    #: Of which calendar it is.
    key: str
    name: str
    replaced: bool


def make_address(session: Session, *, calendar: str, replace: bool = False, by: Actor, now: datetime) -> MadeAddress:
    """Make a person's address of a calendar, named as in `operations.calendars.which`; with `replace` a new one.

    Raises:
        AlreadyDone: There is one already.
        Refused: There is no such calendar.
        NotAllowed: The person may not have it.
    """
    which = which_calendar(session, calendar)
    require_calendar(session, which, by)
    if by.person_id is None:
        raise NotAllowed(NO_POSITION)
    # The person's row lines up two clicks at once.
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    before = address_of(session, which, by.person_id)
    if before is not None and not replace:
        raise AlreadyDone("There is an address of this calendar already, and it is shown once: replace it for another.")
    if before is not None:
        before.stopped_at, before.stopped_by = now, by.name
        session.flush()
    token = secrets.token_hex(CHANCE)
    row = CalendarFeed(
        person_id=by.person_id,
        office_id=which.office and which.office.id,
        alliance_id=which.alliance and which.alliance.id,
        token_hash=hash_of(token),
        made_at=now,
    )
    session.add(row)
    session.flush()
    data = {"calendar": which.key, "address": row.id}
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="calendar:made" if before is None else "calendar:replaced",
        subject=f"person:{by.slack_id}",
        data=data if before is None else data | {"replaces": before.id},
    )
    return MadeAddress(token, which.key, which.name, before is not None)


def address_of(session: Session, which: Which, person_id: int) -> CalendarFeed | None:
    """Return a person's address of a calendar that is served."""
    office_id, alliance_id = which.office and which.office.id, which.alliance and which.alliance.id
    return session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.person_id == person_id,
            CalendarFeed.office_id.is_not_distinct_from(office_id),
            CalendarFeed.alliance_id.is_not_distinct_from(alliance_id),
            CalendarFeed.stopped_at.is_(None),
        )
    )


def hash_of(token: str) -> str:
    """Return what is kept of an address."""
    return sha256(token.encode()).hexdigest()
