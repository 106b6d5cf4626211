"""Record that an annual report was posted on OSHA's web pages (CSP 04-01-002 VI.E)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.work import AnnualReport
from operations.actor import Actor
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: How much later the whole year of a closeout report ends at most, in calendar days; the next year ends 365 after it.
REST_OF_YEAR = timedelta(days=364)


def post_report(
    session: Session, *, alliance_id: int, period_end: date, posted_on: date, address: str, by: Actor, now: datetime
) -> Outcome:
    """Record where and when the submitted report of the year that ends on `period_end` was posted.

    Raises:
        Refused: The day is impossible, the address is none, or the report was not submitted.
        AlreadyDone: The posting is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.POST_REPORT, now=now)
    # The record of a closeout report may be kept under the last day of the whole year.
    report = session.scalar(
        select(AnnualReport)
        .where(
            AnnualReport.alliance_id == alliance_id,
            AnnualReport.period_end.between(period_end, period_end + REST_OF_YEAR),
            AnnualReport.submitted_on.is_not(None),
        )
        .order_by(AnnualReport.period_end)
        .limit(1)
    )
    if report is None or report.submitted_on is None:
        raise Refused("This report is not on record as submitted; record its submission with /alliance report first.")
    if report.posted_on is not None:
        raise AlreadyDone(
            f"The report is already on record as posted on {spelled(report.posted_on)}.", field="posted_on"
        )
    refuse_day_to_come(opened, posted_on, field="posted_on", what="the posting")
    refuse_day_before(posted_on, report.submitted_on, field="posted_on", what="the submission to DCSP")
    refuse_no_address(address)
    report.posted_on, report.address = posted_on, address
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="annual-report:posted",
        subject=opened.subject,
        data={"period_end": report.period_end, "posted_on": posted_on, "address": address},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"posting:{report.id}")


def refuse_no_address(address: str) -> None:
    """Refuse what is no address of a web page.

    Raises:
        Refused: The sentence shows what one looks like.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or "." not in host.strip(".") or " " in address:
        raise Refused(
            "This is no web address: give the whole of it, such as https://www.osha.gov/alliances/report.",
            field="address",
        )
