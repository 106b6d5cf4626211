"""Show how far an annual report is: what it lacks, what became of it, and which duties it is to meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from operations.actor import office_day
from operations.approve.put_report import PutForward, put_forward
from operations.gather_facts import Gathered
from operations.read.annual_report import read_annual_report, year_due, years_around
from operations.read.approvals import ApprovalShown, show_approval
from operations.read.merged import gather_standing
from policy.annual_report import AnnualReport, Gap, gaps
from policy.approval import ApprovalStatus
from policy.duties import Due


class ReportState(StrEnum):
    """How far a report has come."""

    DRAFT = "draft"
    BEFORE = "before its officials"
    APPROVED = "approved"
    HANDED_OVER = "handed over to the region"
    SUBMITTED = "submitted to DCSP"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class ReportCard:
    """All that one look at an annual report shows."""

    of: Gathered
    #: What day it is at the lead office.
    today: date
    report: AnnualReport
    gaps: tuple[Gap, ...]
    state: ReportState
    #: The duties that are to be met with this report and are not, by the rule.
    waiting: dict[str, Due]
    #: What became of it before its officials, and how that is shown; None where nobody was asked.
    put: PutForward | None
    approval: ApprovalShown | None
    #: The last days of the years before and after; None where there is none.
    earlier: date | None
    later: date | None

    @property
    def over(self) -> bool:
        """Whether the period has ended, so that the report can be finished."""
        return self.report.period.last < self.today or self.report.closeout


def read_report_card(
    session: Session, alliance_id: int, *, period_end: date | None = None, now: datetime
) -> ReportCard:
    """Show the report of the agreement year that ends on a day, or of the one that is to be done first.

    Raises:
        Refused: The alliance is gone or not signed, or no agreement year ends on that day.
    """
    of = gather_standing(session, alliance_id)
    today = office_day(now, of.timezone)
    duties = of.duties_on(today)
    wanted = year_due(of, today, duties) if period_end is None else period_end
    report = read_annual_report(session, of, period_end=wanted, today=today, duties=duties)
    put = put_forward(session, of, report)
    earlier, later = years_around(of, report.period, today)
    return ReportCard(
        of=of,
        today=today,
        report=report,
        gaps=gaps(report),
        state=_state(report, put),
        waiting={
            due.rule: due
            for due in duties
            if due.rule.startswith("report-") or due.rule == "annual-report"
            if due.status.unsettled and due.period is not None and due.period.last == report.period.last
        },
        put=put,
        approval=None if put is None else show_approval(session, put.approval_id, now=now),
        earlier=earlier,
        later=later,
    )


def _state(report: AnnualReport, put: PutForward | None) -> ReportState:
    if report.posted_on is not None:
        return ReportState.POSTED
    if report.submitted_on is not None:
        return ReportState.SUBMITTED
    if report.handed_over_on is not None:
        return ReportState.HANDED_OVER
    if put is not None and put.status is ApprovalStatus.OPEN:
        return ReportState.BEFORE
    if put is not None and put.status is ApprovalStatus.APPROVED:
        return ReportState.APPROVED
    return ReportState.DRAFT
