"""What an alliance does in its years: meetings, activities, evaluations, annual reports."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.offices import one_of
from policy.facts import Recommendation

MEETING_FORMATS = ("in person", "teleconference", "both")
ACTIVITY_KINDS = ("dissemination", "outreach", "training", "osha-training", "product")


class Meeting(Base):
    """An Implementation Team meeting, planned or held (CSP 04-01-002 VI.H)."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint(one_of("format", MEETING_FORMATS), name="format"),
        Index("ix_meetings_alliance_id_on_day", "alliance_id", "on_day"),
        # One meeting a day for one team: the second record of it is a doubled click.
        Index(
            "uq_meetings_alliance_id_on_day",
            "alliance_id",
            "on_day",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    #: On the clock of the lead office; NULL where nobody has said it.
    begins_at: Mapped[time | None]
    #: False while only planned.
    held: Mapped[bool]
    format: Mapped[str]
    #: Who of the team was there, as named on that day: {"member": id, "name": ..., "organization": ...}.
    present: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    #: Who else was there, or all, in words.
    attendees: Mapped[str | None]
    #: The minutes.
    notes: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    #: Why a planned meeting was moved or cancelled; then it no longer counts.
    called_off_because: Mapped[str | None]
    #: The meeting that a planned one became, on another day.
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    #: Set when the record was a mistake or was called off; it no longer counts, and stays readable.
    withdrawn_at: Mapped[datetime | None]


class Activity(Base):
    """An activity of an alliance; its kind decides which details the annual report asks for."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint(one_of("kind", ACTIVITY_KINDS), name="kind"),
        CheckConstraint("length(trim(title)) > 0", name="title"),
        CheckConstraint("reached >= 0", name="reached"),
        Index("ix_activities_alliance_id_on_day", "alliance_id", "on_day"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    kind: Mapped[str]
    on_day: Mapped[date]
    title: Mapped[str]
    #: People reached; NULL when not known yet, which the annual report will ask for.
    reached: Mapped[int | None]
    emphasis: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default=text("'{}'"))
    #: The further columns of the report's table for this kind.
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Evaluation(Base):
    """The yearly evaluation against goals and work plan, and its discussion (CSP 04-01-002 IX.C.1-2)."""

    __tablename__ = "evaluations"
    __table_args__ = (
        UniqueConstraint("alliance_id", "period_end"),
        CheckConstraint("discussed_on is null or discussed_on >= evaluated_on", name="dates"),
        CheckConstraint(one_of("recommendation", tuple(r.value for r in Recommendation)), name="recommendation"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: The last day of the agreement year that is evaluated.
    period_end: Mapped[date]
    evaluated_on: Mapped[date]
    #: NULL until it was discussed with the participants.
    discussed_on: Mapped[date | None]
    findings: Mapped[str]
    #: By the number of a criterion of `policy.evaluation`: {"mark": ..., "note": ...}.
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    #: What the participants said.
    discussion: Mapped[str | None]
    #: What the staff recommend to management, and why (IX.C.3); NULL where the year asks for no recommendation.
    recommendation: Mapped[str | None]
    reasons: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class AnnualReport(Base):
    """The annual report of one agreement year on its way to DCSP and the web (CSP 04-01-002 VI.E)."""

    __tablename__ = "annual_reports"
    __table_args__ = (
        UniqueConstraint("alliance_id", "period_end"),
        CheckConstraint("num_nonnulls(handed_over_on, submitted_on) > 0", name="a_date"),
        CheckConstraint("posted_on is null or submitted_on is not null", name="posted_after_submitted"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: The last day of the agreement year, or of the closing year, that it covers.
    period_end: Mapped[date]
    handed_over_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    posted_on: Mapped[date | None]
    address: Mapped[str | None]
    remarks: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
