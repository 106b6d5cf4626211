"""What an alliance makes and what it tells of its success: products on their way to the public, success stories."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Product(Base):
    """A product from its proposal to its publication, under the Guidelines (FAQ F-2, F-9)."""

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_alliance_id", "alliance_id"),
        CheckConstraint("length(trim(title)) > 0", name="title"),
        CheckConstraint("num_nonnulls(published_on, address, activity_id) in (0, 3)", name="published"),
        CheckConstraint("num_nonnulls(dropped_on, dropped_because) in (0, 2)", name="dropped"),
        CheckConstraint("published_on is null or dropped_on is null", name="one_outcome"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    title: Mapped[str]
    #: A fact sheet, a poster, a video: in words.
    form: Mapped[str]
    audience: Mapped[str]
    #: What it adds: the gap that it fills, the hazard that it is about.
    purpose: Mapped[str]
    #: Who proposed it: an organization or a person, as named.
    proposed_by: Mapped[str]
    proposed_on: Mapped[date]
    #: NULL until it is published; the publication is the activity of that number.
    published_on: Mapped[date | None]
    address: Mapped[str | None]
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    #: NULL unless it was given up.
    dropped_on: Mapped[date | None]
    dropped_because: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    #: Set when the proposal was recorded by mistake.
    withdrawn_at: Mapped[datetime | None]


class SuccessStory(Base):
    """A success of an alliance, told so that others may follow (CSP 04-01-002 VIII.A.6)."""

    __tablename__ = "success_stories"
    __table_args__ = (
        Index("ix_success_stories_alliance_id", "alliance_id"),
        CheckConstraint("length(trim(title)) > 0", name="title"),
        CheckConstraint("length(trim(story)) > 0", name="story"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    title: Mapped[str]
    story: Mapped[str]
    #: Where it can be read; NULL while it is not posted.
    address: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
