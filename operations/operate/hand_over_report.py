"""Record that an area office handed its annual report to its region (CSP 04-01-002 VIII.D.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.work import AnnualReport
from operations.actor import Actor
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import open_alliance, refuse_day_to_come, refuse_unknown_year
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Level
from policy.rights import Verb
from policy.rules.report_handoff import RULE
from policy.words import day as spelled


def hand_over_report(
    session: Session, *, alliance_id: int, period_end: date, handed_over_on: date, by: Actor, now: datetime
) -> Outcome:
    """Record the hand-over of the report of the agreement year that ends on `period_end`.

    Raises:
        Refused: The day is impossible, the alliance is not an area office's, or no such year is reported on.
        AlreadyDone: The hand-over is on record, or the report went to DCSP without it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.HAND_OVER, now=now)
    if opened.of.facts.level is not Level.AREA:
        raise Refused("Only an area office hands its report to the region; record its submission to DCSP instead.")
    refuse_day_to_come(opened, handed_over_on, field="handed_over_on", what="the hand-over")
    refuse_day_before(handed_over_on, period_end, field="handed_over_on", what="the end of the year it reports on")
    report = session.scalar(
        select(AnnualReport).where(AnnualReport.alliance_id == alliance_id, AnnualReport.period_end == period_end)
    )
    if report is not None and report.handed_over_on is not None:
        raise AlreadyDone(
            f"The hand-over of {spelled(report.handed_over_on)} is already on record.", field="handed_over_on"
        )
    if report is not None and report.submitted_on is not None:
        raise AlreadyDone(
            f"The report went to DCSP on {spelled(report.submitted_on)}: it needs no hand-over any more.",
            field="handed_over_on",
        )
    refuse_unknown_year(opened, period_end, rule=RULE)
    if report is None:
        report = AnnualReport(alliance_id=alliance_id, period_end=period_end)
        session.add(report)
    report.handed_over_on = handed_over_on
    report.recorded_by_id, report.recorded_at = by.person_id, now
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="annual-report:handed-over",
        subject=opened.subject,
        data={"period_end": period_end, "handed_over_on": handed_over_on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"handover:{report.id}")
