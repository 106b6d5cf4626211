"""The annual report before its officials: the version that is put forward, and what holds its submission back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.drafts import Draft
from operations.actor import Actor
from operations.approve.ended_words import ended_words
from operations.approve.keep_draft import write_draft
from operations.approve.void import LATEST_LAST
from operations.gather_facts import Gathered
from operations.read.annual_report import read_annual_report
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone, Refused
from policy.annual_report import AnnualReport
from policy.approval import ApprovalStatus
from policy.chains import Purpose
from policy.drafts import Change, changes
from policy.report_content import report_content
from policy.rights import Verb
from policy.subjects import REPORT
from policy.words import day, listing

#: How an approval ends that says nothing of the report: whoever asked took it back, or a later version came.
_WITHOUT_WORD = (ApprovalStatus.WITHDRAWN.value, ApprovalStatus.SUPERSEDED.value)


@dataclass(frozen=True, slots=True)
class PutForward:
    """What became of a report that was put before its officials."""

    approval_id: uuid.UUID
    status: ApprovalStatus
    ended_by: str | None
    #: How it ended, a sentence without its full stop; None while it is open.
    ended: str | None
    #: What the report says otherwise by now.
    changed: tuple[Change, ...]

    @property
    def stands(self) -> bool:
        """Whether they approved what it says now."""
        return self.status is ApprovalStatus.APPROVED and not self.changed


def report_subject(report: AnnualReport) -> str:
    """Return what drafts and approvals of a report are of: "report:2026-09-14"."""
    return f"{REPORT}:{report.period.last.isoformat()}"


def keep_report(session: Session, *, alliance_id: int, period_end: date, by: Actor, now: datetime) -> Draft:
    """Keep what the report of a year says now as the version that officials decide on.

    Raises:
        Refused: The year still runs, or is none of the alliance.
        AlreadyDone: The report was submitted.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    report = read_annual_report(session, opened.of, period_end=period_end, today=opened.today)
    if report.submitted_on is not None:
        raise AlreadyDone(f"This report was submitted to DCSP on {day(report.submitted_on)}; nothing changed.")
    if report.period.last >= opened.today and not report.closeout:
        raise Refused(f"The agreement year runs until {day(report.period.last)}: its report waits for what it brings.")
    return write_draft(session, alliance_id, report_subject(report), report_content(report), by=by, now=now)


def put_forward(session: Session, of: Gathered, report: AnnualReport) -> PutForward | None:
    """Return what became of a report before its officials, the latest asking; None where nobody was asked."""
    rows = session.scalars(
        select(Approval)
        .where(
            Approval.alliance_id == of.facts.id,
            Approval.subject == report_subject(report),
            Approval.status.not_in(_WITHOUT_WORD),
        )
        .order_by(*LATEST_LAST)
    ).all()
    if not rows:
        return None
    row, status = rows[-1], ApprovalStatus(rows[-1].status)
    shown = session.get_one(Draft, row.draft_id)
    ended = None if status is ApprovalStatus.OPEN else ended_words(row, of.timezone)
    return PutForward(row.id, status, row.ended_by, ended, changes(shown.content, report_content(report)))


def held_back(session: Session, of: Gathered, period_end: date, today: date) -> str | None:
    """Say why the report of a year is not to be submitted as it stands; None where nothing is in the way.

    The directive names nobody who has to approve it: who never was asked is not waited for.
    """
    asked = select(Approval.id).where(Approval.alliance_id == of.facts.id, Approval.purpose == Purpose.REPORT.value)
    if session.scalar(asked.limit(1)) is None:
        return None
    put = put_forward(session, of, read_annual_report(session, of, period_end=period_end, today=today))
    if put is None or put.stands:
        return None
    if put.ended is None:
        return "It is still before its officials: wait for them, or say why it goes without their approval."
    said = put.ended
    if put.status is ApprovalStatus.APPROVED:
        said = f"It was changed since {put.ended_by} approved it ({listing(c.label for c in put.changed)})"
    return f"{said}: put it forward anew, or say why it goes as it is."
