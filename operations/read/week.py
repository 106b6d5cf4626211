"""What an office's weekly digest shows."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from operations.closures import read_closures
from operations.read.message import meeting_year
from policy.duties import Modality

#: Calendar days ahead for what falls due, and back for what was settled.
AHEAD = timedelta(days=30)
BACK = timedelta(days=7)


def duties_of_week(session: Session, office: Office, day: date, *, now: datetime) -> list[uuid.UUID]:
    """List what is late, due within 30 calendar days or at risk on a day, and what was settled in the last seven.

    The office's own, and of the alliances of other offices in which it takes part. What was settled before it was
    on record is history and left out.
    """
    takes_part = select(AllianceOffice.alliance_id).where(
        AllianceOffice.office_id == office.id, AllianceOffice.rank > 0
    )
    rows = session.scalars(
        select(Obligation)
        .where(
            or_(Obligation.office_id == office.id, Obligation.alliance_id.in_(takes_part)),
            Obligation.modality != Modality.PERMISSION,
            or_(
                Obligation.settled.is_(None),
                and_(Obligation.changed_at > now - BACK, Obligation.changed_at > Obligation.created_at),
            ),
        )
        .order_by(Obligation.due_on, Obligation.id)
    )
    closures = read_closures(session)
    return [
        row.id
        for row in rows
        if row.settled is not None
        or row.due_on <= day + AHEAD
        or ((year := meeting_year(row, day, closures)) is not None and year.risk is not None)
    ]


def offices_with_a_week(session: Session, *, now: datetime) -> set[int]:
    """List the ids of the offices whose digest may have something in it; that of any other certainly has not.

    For those who go through the Mondays of a hundred offices. The offices at the top are always among them.
    """
    # A day more on either side: whatever day it is at the office.
    last, since = now.date() + AHEAD + timedelta(days=1), now - BACK - timedelta(days=1)
    open_ones = and_(
        Obligation.settled.is_(None),
        Obligation.modality != Modality.PERMISSION,
        or_(Obligation.due_on <= last, Obligation.required.is_not(None)),
    )
    shown = or_(open_ones, and_(Obligation.settled.is_not(None), Obligation.changed_at >= since))
    told = union(
        select(Obligation.office_id).where(shown),
        select(AllianceOffice.office_id)
        .join(Obligation, Obligation.alliance_id == AllianceOffice.alliance_id)
        .where(shown, AllianceOffice.rank > 0),
        select(Notice.office_id).where(Notice.status == NoticeStatus.FAILED),
        select(Message.office_id).where(Message.status == NoticeStatus.FAILED),
        select(Office.id).where(Office.parent_id.is_(None)),
    )
    return set(session.scalars(told))
