"""What is planned and asked: Work Plans with milestones, comment requests, activities announced, calls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.offices import one_of


class WorkPlan(Base):
    """The Work Plan of one agreement year (CSP 04-01-002 VI.C)."""

    __tablename__ = "work_plans"
    __table_args__ = (UniqueConstraint("alliance_id", "first"),)

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: The first day of the agreement year that it is for.
    first: Mapped[date]
    finalized_on: Mapped[date]
    summary: Mapped[str]
    #: One for each line of the plan: {"what": ..., "audience": ..., "person": ..., "metric": ...}.
    activities: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class WorkPlanVersion(Base):
    """What a Work Plan said after each entry: the first, and every correction; the plan is as the latest says."""

    __tablename__ = "work_plan_versions"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    id: Mapped[Id]
    work_plan_id: Mapped[int] = mapped_column(ForeignKey("work_plans.id", ondelete="CASCADE"), index=True)
    #: The whole plan, milestones included.
    content: Mapped[dict[str, Any]]
    #: Why it was corrected; NULL for the first.
    reason: Mapped[str | None]
    #: As named at the time.
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Milestone(Base):
    """A milestone of a Work Plan, with the person named in it."""

    __tablename__ = "milestones"
    __table_args__ = (CheckConstraint("length(trim(title)) > 0", name="title"),)

    id: Mapped[Id]
    work_plan_id: Mapped[int] = mapped_column(ForeignKey("work_plans.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    due_on: Mapped[date]
    person: Mapped[str]
    #: NULL until it is reached.
    done_on: Mapped[date | None]


class CommentRequest(Base):
    """A national proposal or draft agreement sent to one office for input (CSP 04-01-002 IX.A.2, VIII.A.3)."""

    __tablename__ = "comment_requests"
    __table_args__ = (
        Index("ix_comment_requests_alliance_id", "alliance_id"),
        UniqueConstraint("alliance_id", "office_id", "subject", "asked_on"),
        CheckConstraint(one_of("subject", ("draft", "proposal")), name="subject"),
        CheckConstraint("due_on is null or due_on >= asked_on", name="due_on"),
        CheckConstraint("answered_on is null or answered_on >= asked_on", name="dates"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    #: "draft" (of the agreement) or "proposal".
    subject: Mapped[str] = mapped_column(default="draft", server_default="draft")
    asked_on: Mapped[date]
    #: By when who asks wants it; NULL: the target that the parameters set.
    due_on: Mapped[date | None]
    #: NULL until the office has answered.
    answered_on: Mapped[date | None]
    answer: Mapped[str | None]


class PlannedActivity(Base):
    """An activity planned in a region or State Plan state, of which it has to be told (VIII.A.10)."""

    __tablename__ = "planned_activities"
    __table_args__ = (
        Index("ix_planned_activities_alliance_id", "alliance_id"),
        CheckConstraint("notified_on is null or notified_on >= recorded_on", name="dates"),
        CheckConstraint("length(trim(place)) > 0", name="place"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    #: The region or State Plan state.
    place: Mapped[str]
    title: Mapped[str]
    recorded_on: Mapped[date]
    #: NULL until the place was told.
    notified_on: Mapped[date | None]


class CoordinatorCall(Base):
    """A conference call of DCSP with the Regional Alliance Program Coordinators (VIII.A.9)."""

    __tablename__ = "coordinator_calls"

    id: Mapped[Id]
    on_day: Mapped[date] = mapped_column(unique=True)
    topics: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class Closure(Base):
    """A one-off closure of federal offices, beside the yearly holidays."""

    __tablename__ = "closures"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]
