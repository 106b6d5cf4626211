"""What closes an alliance that has ended: the logo withdrawn, the closeout report on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.settlements import Fulfilment
from models.work import AnnualReport
from policy import facts as f
from policy.duties import Due
from policy.rules import annual_report, logo_withdrawal


@dataclass(frozen=True, slots=True)
class Closing:
    """The steps after the end of an alliance; a duty is None where no clause asks for the step."""

    #: Until when the logo is withdrawn (XII.B).
    logo: Due | None
    #: Who withdrew it and from where, as recorded.
    logo_note: str | None
    #: The closeout report.
    report: Due | None
    submitted_on: date | None
    posted_on: date | None
    address: str | None


def read_closing(session: Session, facts: f.Facts, duties: Iterable[Due]) -> Closing | None:
    """Read the steps after the end of an alliance; None while it has not ended."""
    ending = facts.ending
    if ending is None:
        return None
    owed = list(duties)
    logo = next((due for due in owed if due.rule == logo_withdrawal.RULE), None)
    report = next(
        (due for due in owed if due.rule == annual_report.RULE and due.period and ending.ended_on in due.period), None
    )
    note = session.scalar(
        select(Fulfilment.note).where(Fulfilment.alliance_id == facts.id, Fulfilment.rule == logo_withdrawal.RULE)
    )
    # The record may be kept under the last day of the whole year.
    row = session.scalar(
        select(AnnualReport)
        .where(AnnualReport.alliance_id == facts.id, AnnualReport.period_end >= ending.ended_on)
        .order_by(AnnualReport.period_end)
        .limit(1)
    )
    return Closing(
        logo=logo,
        logo_note=note,
        report=report,
        submitted_on=None if row is None else row.submitted_on,
        posted_on=None if row is None else row.posted_on,
        address=None if row is None else row.address,
    )
