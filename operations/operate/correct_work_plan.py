"""Correct the work plan of an agreement year: what it said before stays readable."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import WorkPlan
from operations.actor import Actor
from operations.operate.plan_content import (
    PlanContent,
    add_version,
    content_of,
    keep_what_was,
    lay_down,
    refuse_impossible_plan,
    told,
)
from operations.operate.record_work_plan import RECORD
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def correct_work_plan(
    session: Session,
    *,
    alliance_id: int,
    first: date,
    content: PlanContent,
    reason: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record what the plan of the agreement year that begins on `first` says from now on, and why.

    The reminders of its milestones follow: one whose title stays is the same on another day or for another person.

    Raises:
        Refused: There is no such plan, a day is impossible, or a milestone that was reached is left out.
        AlreadyDone: It says so already.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PLAN, now=now)
    plan = session.scalar(
        select(WorkPlan)
        .where(WorkPlan.alliance_id == alliance_id, WorkPlan.first == first)
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise Refused(f"No work plan of the year from {spelled(first)} is on record; open the form again.")
    refuse_impossible_plan(opened, first, content)
    if content == content_of(session, plan):
        raise AlreadyDone("The work plan says so already; nothing changed.", field="summary")
    keep_what_was(session, plan)
    lay_down(session, plan, content)
    version = add_version(session, plan, content, reason=reason, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="work-plan:corrected",
        subject=opened.subject,
        data={"plan": plan.id, "first": first, "reason": reason, **told(content)},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{version.id}")
