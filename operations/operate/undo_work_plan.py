"""Take back a work plan that was recorded by mistake, or its latest correction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import WorkPlan, WorkPlanVersion
from operations.actor import Actor
from operations.operate.plan_content import (
    PlanContent,
    content_of,
    lay_down,
    milestones_of,
    read_told,
    told,
    versions_of,
)
from operations.read.kept_records import kept_records
from operations.records.open_alliance import open_alliance
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def undo_work_plan(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back the latest version of a plan ("plan-version:12"); return what is so again.

    Without its first version there is no plan; the audit keeps what it said.

    Raises:
        Refused: A later version is on record, or something rests on the plan.
        AlreadyDone: It was taken back before.
    """
    _, number = record_number(record)
    version = session.get(WorkPlanVersion, number)
    plan = None if version is None else session.get(WorkPlan, version.work_plan_id)
    if version is None or plan is None:
        raise AlreadyDone("This work plan was undone before; nothing changed.")
    alliance_id = plan.alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PLAN, now=now)
    session.refresh(plan)
    session.refresh(version)
    if version.withdrawn_at is not None:
        raise AlreadyDone("This correction was undone before; nothing changed.")
    *before, latest = versions_of(session, plan)
    if latest.id != version.id:
        raise Refused("The work plan was corrected since; undo the later correction first.")
    year = f"the work plan of the year from {spelled(plan.first)}"
    if before:
        kept = {"plan": plan.id, "first": plan.first, "withdrawn": version.content}
        lay_down(session, plan, read_told(before[-1].content))
        version.withdrawn_at = now
        again = f"{year} says what it said before"
    else:
        why = kept_records(session, alliance_id).get(f"work-plan:{plan.id}")
        if why is not None:
            raise Refused(why)
        kept = take_away(session, plan)
        again = f"{year} is not on record"
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="work-plan:correction-withdrawn" if before else "work-plan:withdrawn",
        subject=opened.subject,
        data=kept,
    )
    return recheck(session, alliance_id, by=by, now=now, record=record), again


def take_away(session: Session, plan: WorkPlan) -> dict[str, Any]:
    """Take a whole plan off record, with its milestones and all that it said before; return that for the audit.

    Nothing rests on it (`kept_records`).
    """
    milestones = [
        {"id": row.id, "title": row.title, "due_on": row.due_on, "person": row.person, "done_on": row.done_on}
        for row in milestones_of(session, plan)
    ]
    every = select(WorkPlanVersion).where(WorkPlanVersion.work_plan_id == plan.id).order_by(WorkPlanVersion.id)
    versions = [
        {"content": v.content, "reason": v.reason, "by": v.recorded_by, "at": v.recorded_at, "undone": v.withdrawn_at}
        for v in session.scalars(every)
    ]
    kept = {
        "plan": plan.id,
        "first": plan.first,
        "finalized_on": plan.finalized_on,
        "recorded_at": plan.recorded_at,
        "withdrawn": told(content_of(session, plan)),
        "milestones": milestones,
        "versions": versions,
    }
    lay_down(session, plan, PlanContent(plan.finalized_on, plan.summary))
    session.delete(plan)
    session.flush()
    return kept
