"""Record the final work plan of an agreement year with its milestones (CSP 04-01-002 VI.C, IX.B.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.plans import Milestone, WorkPlan
from operations.actor import Actor
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.dates import add_years
from policy.rights import Verb
from policy.words import day as spelled

#: The longest term of an agreement: a plan promises nothing beyond it.
LONGEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone as it is planned."""

    due_on: date
    person: str
    title: str


def record_work_plan(
    session: Session,
    *,
    alliance_id: int,
    first: date,
    finalized_on: date,
    summary: str,
    milestones: Sequence[Promise] = (),
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the work plan of the agreement year that begins on `first`, finalized on a local day.

    Raises:
        Refused: A day is impossible.
        AlreadyDone: The plan of that year is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PLAN, now=now)
    refuse_impossible_day(opened, finalized_on, field="finalized_on", what="a final work plan")
    _refuse_outside_plan(first, milestones)
    earlier = session.scalar(select(WorkPlan).where(WorkPlan.alliance_id == alliance_id, WorkPlan.first == first))
    if earlier is not None:
        raise AlreadyDone(
            f"The work plan of the year from {spelled(first)} is already on record, final on "
            f"{spelled(earlier.finalized_on)}.",
            field="finalized_on",
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
    session.add_all(
        Milestone(work_plan_id=plan.id, title=m.title, due_on=m.due_on, person=m.person) for m in milestones
    )
    _note(session, opened, plan, milestones, by=by, now=now)
    return recheck(session, alliance_id, by=by, now=now, record=f"work-plan:{plan.id}")


def _refuse_outside_plan(first: date, milestones: Sequence[Promise]) -> None:
    last = add_years(first, LONGEST_YEARS)
    for promise in milestones:
        if not first <= promise.due_on <= last:
            raise Refused(
                f"{spelled(promise.due_on)} (“{promise.title}”) lies outside the plan, which begins on "
                f"{spelled(first)}; check the year.",
                field="milestones",
            )


def _note(
    session: Session, opened: Opened, plan: WorkPlan, milestones: Sequence[Promise], *, by: Actor, now: datetime
) -> None:
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="work-plan:recorded",
        subject=opened.subject,
        data={
            "plan": plan.id,
            "first": plan.first,
            "finalized_on": plan.finalized_on,
            "summary": plan.summary,
            "milestones": [{"due_on": m.due_on, "person": m.person, "title": m.title} for m in milestones],
        },
    )
