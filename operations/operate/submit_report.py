"""Record that an annual report was handed over or submitted (CSP 04-01-002 VIII.D.3, VIII.F.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.work import AnnualReport
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.approve.put_report import held_back
from operations.records.open_alliance import open_alliance, refuse_unknown_year
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.rules.annual_report import RULE
from policy.subjects import REPORT
from policy.words import day as spelled


def submit_report(
    session: Session,
    *,
    alliance_id: int,
    period_end: date,
    submitted_on: date,
    remarks: str | None = None,
    despite: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the submission to DCSP of the report of the agreement year that ends on `period_end`.

    `despite` says why it goes as it is, where its officials have not approved what it says now.

    Raises:
        Refused: The day is impossible, or before the year has ended, or no such year is reported on; or officials were
            asked for their approval, and neither gave it to what it says now nor does `despite` say why it goes.
        AlreadyDone: The submission is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.SUBMIT_REPORT, now=now)
    if submitted_on > opened.today:
        raise Refused(
            f"{spelled(submitted_on)} is still to come: record the report once it is submitted.",
            field="submitted_on",
        )
    if submitted_on < period_end:
        raise Refused(
            f"The agreement year ends on {spelled(period_end)}: its report cannot have been submitted "
            f"on {spelled(submitted_on)}.",
            field="submitted_on",
        )
    report = session.scalar(
        select(AnnualReport).where(AnnualReport.alliance_id == alliance_id, AnnualReport.period_end == period_end)
    )
    if report is not None and report.submitted_on is not None:
        raise AlreadyDone(
            f"The report of the year to {spelled(period_end)} is already on record as submitted on "
            f"{spelled(report.submitted_on)}.",
            field="submitted_on",
        )
    refuse_unknown_year(opened, period_end, rule=RULE)
    held = held_back(session, opened.of, period_end, opened.today)
    if held is not None and not (despite or "").strip():
        raise Refused(held, field="despite")
    if report is None:
        report = AnnualReport(alliance_id=alliance_id, period_end=period_end)
        session.add(report)
    report.submitted_on, report.remarks = submitted_on, remarks
    report.recorded_by_id, report.recorded_at = by.person_id, now
    session.flush()
    data: dict[str, object] = {"period_end": period_end, "submitted_on": submitted_on, "remarks": remarks}
    if held is not None:
        data |= {"held_back": held, "despite": despite}
        subject = f"{REPORT}:{period_end.isoformat()}"
        end_approvals(session, alliance_id, by=by.name, now=now, why="the report was submitted", subject=subject)
    audit.record(session, at=now, actor=by.name, action="annual-report:submitted", subject=opened.subject, data=data)
    return recheck(session, alliance_id, by=by, now=now, record=f"report:{report.id}")
