"""Read the work plans of an alliance: what each says, how far its milestones are, what it said before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plans import WorkPlan, WorkPlanVersion
from operations.operate.plan_content import PlanContent, content_of, milestones_of


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone as it stands."""

    title: str
    due_on: date
    person: str
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Version:
    """An entry of a plan."""

    by: str
    at: datetime
    #: None for the first.
    reason: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A work plan as it stands."""

    id: int
    first: date
    content: PlanContent
    milestones: tuple[Mark, ...]
    #: The first entry first; empty where it was entered before versions were kept.
    versions: tuple[Version, ...]


def read_work_plans(session: Session, alliance_id: int) -> tuple[PlanShown, ...]:
    """Read the work plans of an alliance, the latest first."""
    plans = session.scalars(
        select(WorkPlan).where(WorkPlan.alliance_id == alliance_id).order_by(WorkPlan.first.desc())
    ).all()
    return tuple(_shown(session, plan) for plan in plans)


def _shown(session: Session, plan: WorkPlan) -> PlanShown:
    versions = session.scalars(
        select(WorkPlanVersion).where(WorkPlanVersion.work_plan_id == plan.id).order_by(WorkPlanVersion.id)
    )
    return PlanShown(
        id=plan.id,
        first=plan.first,
        content=content_of(session, plan),
        milestones=tuple(Mark(m.title, m.due_on, m.person, m.done_on) for m in milestones_of(session, plan)),
        versions=tuple(Version(v.recorded_by, v.recorded_at, v.reason, v.withdrawn_at is not None) for v in versions),
    )
