"""What a Work Plan says, as its versions keep it, and how the plan and its milestones come to say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Person
from models.plans import Milestone, WorkPlan, WorkPlanVersion
from operations.actor import Actor
from operations.records.open_alliance import Opened, refuse_impossible_day
from operations.refusals import Refused
from policy.dates import add_years
from policy.words import day as spelled

#: The longest term of an agreement: a plan promises nothing beyond it.
LONGEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone as it is planned."""

    due_on: date
    person: str
    title: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An activity or product of the plan: for whom, by whom, and how its effect is measured (VI.C)."""

    what: str
    audience: str = ""
    person: str = ""
    metric: str = ""


@dataclass(frozen=True, slots=True)
class PlanContent:
    """A whole Work Plan."""

    finalized_on: date
    summary: str
    activities: tuple[Planned, ...] = ()
    milestones: tuple[Promise, ...] = ()


def refuse_impossible_plan(opened: Opened, first: date, content: PlanContent) -> None:
    """Refuse a plan that was final on an impossible day, or that promises something outside its years.

    Raises:
        Refused: The sentence names the day.
    """
    refuse_impossible_day(opened, content.finalized_on, field="finalized_on", what="a final work plan")
    last = add_years(first, LONGEST_YEARS)
    for promise in content.milestones:
        if not first <= promise.due_on <= last:
            raise Refused(
                f"{spelled(promise.due_on)} (“{promise.title}”) lies outside the plan, which begins on "
                f"{spelled(first)}; check the year.",
                field="milestones",
            )


def content_of(session: Session, plan: WorkPlan) -> PlanContent:
    """Return what a plan says now."""
    return PlanContent(
        finalized_on=plan.finalized_on,
        summary=plan.summary,
        activities=tuple(Planned(**one) for one in plan.activities),
        milestones=tuple(Promise(row.due_on, row.person, row.title) for row in milestones_of(session, plan)),
    )


def milestones_of(session: Session, plan: WorkPlan) -> Sequence[Milestone]:
    """Return the milestones of a plan by date."""
    rows = select(Milestone).where(Milestone.work_plan_id == plan.id).order_by(Milestone.due_on, Milestone.id)
    return session.scalars(rows).all()


def told(content: PlanContent) -> dict[str, Any]:
    """Return a plan as a version and the audit keep it."""
    return {
        "finalized_on": content.finalized_on.isoformat(),
        "summary": content.summary,
        "activities": [asdict(one) for one in content.activities],
        "milestones": [asdict(one) | {"due_on": one.due_on.isoformat()} for one in content.milestones],
    }


def read_told(kept: Mapping[str, Any]) -> PlanContent:
    """Return the plan that a version keeps."""
    return PlanContent(
        finalized_on=date.fromisoformat(kept["finalized_on"]),
        summary=kept["summary"],
        activities=tuple(Planned(**one) for one in kept["activities"]),
        milestones=tuple(
            Promise(date.fromisoformat(one["due_on"]), one["person"], one["title"]) for one in kept["milestones"]
        ),
    )


def versions_of(session: Session, plan: WorkPlan) -> list[WorkPlanVersion]:
    """Return the versions of a plan that count, the latest last."""
    rows = select(WorkPlanVersion).where(
        WorkPlanVersion.work_plan_id == plan.id, WorkPlanVersion.withdrawn_at.is_(None)
    )
    return list(session.scalars(rows.order_by(WorkPlanVersion.id)))


def add_version(
    session: Session, plan: WorkPlan, content: PlanContent, *, reason: str | None, by: Actor, now: datetime
) -> WorkPlanVersion:
    """Keep what a plan says from now on."""
    version = WorkPlanVersion(
        work_plan_id=plan.id, content=told(content), reason=reason, recorded_by=by.name, recorded_at=now
    )
    session.add(version)
    session.flush()
    return version


def keep_what_was(session: Session, plan: WorkPlan) -> None:
    """Keep what a plan said that was entered before versions were kept."""
    if versions_of(session, plan):
        return
    person = None if plan.recorded_by_id is None else session.get(Person, plan.recorded_by_id)
    by = Actor(name="not on record" if person is None else person.name)
    add_version(session, plan, content_of(session, plan), reason=None, by=by, now=plan.recorded_at)


def lay_down(session: Session, plan: WorkPlan, content: PlanContent) -> None:
    """Have a plan say this; a milestone stays the one that it is while its title or all the rest stays.

    Raises:
        Refused: A milestone that was reached is left out.
    """
    plan.finalized_on, plan.summary = content.finalized_on, content.summary
    plan.activities = [asdict(one) for one in content.activities]
    left = list(milestones_of(session, plan))
    missing = []
    for promise in content.milestones:
        found = next((m for m in left if (m.due_on, m.person, m.title) == _parts(promise)), None)
        if found is None:
            missing.append(promise)
        else:
            left.remove(found)
    for promise in missing:
        found = next((m for m in left if m.title.casefold() == promise.title.casefold()), None)
        if found is None:
            session.add(
                Milestone(work_plan_id=plan.id, title=promise.title, due_on=promise.due_on, person=promise.person)
            )
        else:
            left.remove(found)
            found.due_on, found.person, found.title = _parts(promise)
    for milestone in left:
        if milestone.done_on is not None:
            raise Refused(
                f"“{milestone.title}” was reached on {spelled(milestone.done_on)}: it stays in the plan.",
                field="milestones",
            )
        session.delete(milestone)
    session.flush()


def _parts(promise: Promise) -> tuple[date, str, str]:
    return promise.due_on, promise.person, promise.title
