"""Sum up once a week for an office what it owes, and once a month for the National Office how the program stands."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import MessageKind
from models.offices import Office
from operations.office_settings import settings_of_one
from operations.read.outbox import read_undelivered
from operations.read.week import duties_of_week
from operations.remind.make_digest import make_digest
from operations.remind.out_of_reach import Address, find_address


def digest_office(session: Session, *, office_id: int, day: date, before: date, now: datetime) -> list[uuid.UUID]:
    """Make what sums up for an office, with its first run of a week or month; return the ids of new ones.

    Each office has a digest of the week, Monday to Sunday, and the one at the top of a program one of the month.
    `before` is the local day of the run before. None is made where there is nothing to say, or no channel.
    """
    week, month = day - timedelta(days=day.weekday()), day.replace(day=1)
    if before >= max(week, month):
        return []
    office = session.get_one(Office, office_id)
    chosen = settings_of_one(session, office)
    # Its own channel is tried whatever Slack said of it: where that still refuses, delivery goes up with the reason.
    own = None if office.channel is None else Address(office.channel, office, None)
    address = own or find_address(session, office, now=now)
    if address is None:
        return []
    make = partial(make_digest, session, office=office, to=address, day=day, now=now)
    made = []
    if before < week and chosen.weekly_digest:
        shows = duties_of_week(session, office, day, now=now)
        if shows or any(read_undelivered(session, now=now, offices=[office.code])):
            made.append(make(MessageKind.WEEK, period=week, shows=shows))
    leads = office.parent_id is None and office.kind == "national" and chosen.monthly_digest
    if before < month and leads and session.scalar(select(Alliance.id).limit(1)):
        made.append(make(MessageKind.MONTH, period=month, shows=None))
    return [message_id for message_id in made if message_id is not None]
