"""Give an annual report out to somebody who may have it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from operations.actor import Actor, office_day, require_somewhere
from operations.read.annual_report import read_annual_report
from operations.read.merged import gather_standing
from policy.annual_report import AnnualReport
from policy.rights import Verb


def give_report(session: Session, *, alliance_id: int, period_end: date, by: Actor, now: datetime) -> AnnualReport:
    """Return the report of a year that may be handed to this person, as it stands; the audit keeps who got it.

    Raises:
        Refused: The alliance is gone, or no agreement year of it ends on that day.
        NotAllowed: The person holds no position.
    """
    require_somewhere(by, Verb.VIEW)
    of = gather_standing(session, alliance_id)
    report = read_annual_report(session, of, period_end=period_end, today=office_day(now, of.timezone))
    data = {"period_end": report.period.last}
    audit.record(session, at=now, actor=by.name, action="annual-report:given", subject=of.subject, data=data)
    return report
