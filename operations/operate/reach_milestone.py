"""Record that a milestone of a work plan was reached (CSP 04-01-002 VI.C, IX.B.2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import Milestone, WorkPlan
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def reach_milestone(
    session: Session, *, alliance_id: int, milestone_id: int, done_on: date, by: Actor, now: datetime
) -> Outcome:
    """Record the local day on which a milestone was reached.

    Raises:
        Refused: The day is impossible, or there is no such milestone.
        AlreadyDone: It is on record as reached.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PLAN, now=now)
    milestone = session.scalar(
        select(Milestone)
        .join(WorkPlan, WorkPlan.id == Milestone.work_plan_id)
        .where(Milestone.id == milestone_id, WorkPlan.alliance_id == alliance_id)
        .execution_options(populate_existing=True)
    )
    if milestone is None:
        raise Refused("This milestone is no longer on record; open the form again.")
    if milestone.done_on is not None:
        raise AlreadyDone(
            f"“{milestone.title}” is already on record as reached on {spelled(milestone.done_on)}.", field="done_on"
        )
    refuse_impossible_day(opened, done_on, field="done_on", what="a milestone")
    milestone.done_on = done_on
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="milestone:reached",
        subject=opened.subject,
        data={"milestone": milestone.id, "title": milestone.title, "done_on": done_on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"milestone:{milestone.id}")
