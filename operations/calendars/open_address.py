"""Open a calendar by its address, as long as the person whose address it is may have it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.calendars import CalendarFeed
from models.offices import Office, Person
from operations.actor import Actor, identify_all, own_name
from operations.calendars.make_address import hash_of
from operations.calendars.which import OWN, Which, of_alliance, of_office, require_calendar
from operations.read import calendar_feed as made
from operations.refusals import NotAllowed, Refused
from policy.calendar_feed import Calendar
from policy.words import day as spelled

#: Nobody learns from it whether the address was ever one.
NOTHING = "There is no calendar at this address; /alliance calendar makes a new one."
#: How often it is noted that a calendar is fetched.
NOTED_EVERY = timedelta(minutes=1)


class Gone(Refused):
    """What the calendar was of is there no more; the sentence says what took over from it."""


def open_address(session: Session, token: str | None, *, now: datetime) -> Calendar:
    """Return the calendar of an address, and note that it was fetched; None is what looks like no address.

    Raises:
        Gone: The office was merged into another or closed, or the alliance merged into another.
        Refused: It was stopped or replaced, or its person may not have it any more, or there never was one.
    """
    row, by, which = _served(session, token, now=now)
    if which.office is not None:
        calendar = made.office_calendar(session, which.office, now=now)
    elif which.alliance is not None:
        calendar = made.alliance_calendar(session, which.alliance, now=now)
    else:
        calendar = made.own_calendar(session, by, now=now)
    if row.fetched_at is None or abs(now - row.fetched_at) >= NOTED_EVERY:
        row.fetched_at = now
    return calendar


def name_address(session: Session, token: str, *, now: datetime) -> str | None:
    """Say of what the calendar at an address is, and nothing that stands in it; None where nothing is served there."""
    try:
        _, by, which = _served(session, token, now=now)
    except Refused:
        return None
    return own_name(session, by) if which.key == OWN else which.name


def _served(session: Session, token: str | None, *, now: datetime) -> tuple[CalendarFeed, Actor, Which]:
    row = None
    if token is not None:
        served = select(CalendarFeed).where(CalendarFeed.stopped_at.is_(None))
        row = session.scalar(served.where(CalendarFeed.token_hash == hash_of(token)))
    if row is None:
        raise Refused(NOTHING)
    by = identify_all(session, [session.get_one(Person, row.person_id)], now=now)[row.person_id]
    if not by.offices:
        raise Refused(NOTHING)
    which = Which()
    if row.office_id is not None:
        office = session.get_one(Office, row.office_id)
        _refuse_closed(session, office)
        which = of_office(office)
    elif row.alliance_id is not None:
        alliance = session.get_one(Alliance, row.alliance_id)
        _refuse_merged(session, alliance)
        which = of_alliance(session, alliance.id)
    try:
        require_calendar(session, which, by)
    except NotAllowed:
        raise Refused(NOTHING) from None
    return row, by, which


def _refuse_closed(session: Session, office: Office) -> None:
    if office.closed_on is None or office.successor_id is None:
        return
    into = session.get_one(Office, office.successor_id)
    raise Gone(
        f"{office.name} went into {into.name} on {spelled(office.closed_on)}; "
        "/alliance calendar makes an address for its calendar."
    )


def _refuse_merged(session: Session, alliance: Alliance) -> None:
    if alliance.merged_into_id is None:
        return
    into = session.get_one(Alliance, alliance.merged_into_id)
    raise Gone(
        f"{alliance.name} was entered twice and merged into {into.name}; "
        "/alliance calendar makes an address for its calendar."
    )
