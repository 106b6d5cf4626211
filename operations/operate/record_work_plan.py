"""Record the final work plan of an agreement year (CSP 04-01-002 VI.C, IX.B.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import WorkPlan
from operations.actor import Actor
from operations.operate.plan_content import (
    PlanContent,
    Planned,
    Promise,
    add_version,
    lay_down,
    refuse_impossible_plan,
    told,
)
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.dates import year_of
from policy.rights import Verb
from policy.words import day as spelled

__all__ = ["Planned", "Promise", "record_work_plan"]

#: What the undoing of a version is called, see `operations.operate.undo_work_plan`.
RECORD = "plan-version"


def record_work_plan(
    session: Session,
    *,
    alliance_id: int,
    first: date,
    finalized_on: date,
    summary: str,
    activities: Sequence[Planned] = (),
    milestones: Sequence[Promise] = (),
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the work plan of the agreement year that begins on `first`, finalized on a local day.

    Raises:
        Refused: A day is impossible, or no agreement year begins on `first`.
        AlreadyDone: The plan of that year is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PLAN, now=now)
    content = PlanContent(finalized_on, summary, tuple(activities), tuple(milestones))
    refuse_impossible_plan(opened, first, content)
    earlier = session.scalar(select(WorkPlan).where(WorkPlan.alliance_id == alliance_id, WorkPlan.first == first))
    if earlier is not None:
        raise AlreadyDone(
            f"The work plan of the year from {spelled(first)} is already on record, final on "
            f"{spelled(earlier.finalized_on)}.",
            field="finalized_on",
        )
    year = year_of(opened.of.facts, opened.of.facts.agreements[0].signed_on, first)
    if year is None or year.first != first:
        # A form that was open while the dates were corrected.
        raise Refused(
            f"No agreement year of {opened.row.name} begins on {spelled(first)}; open the form again.", field="first"
        )
    plan = WorkPlan(
        alliance_id=alliance_id,
        first=first,
        finalized_on=finalized_on,
        summary=summary,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(plan)
    session.flush()
    lay_down(session, plan, content)
    version = add_version(session, plan, content, reason=None, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="work-plan:recorded",
        subject=opened.subject,
        data={"plan": plan.id, "first": first, **told(content)},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{version.id}")
