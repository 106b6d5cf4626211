"""How long records are kept, by kind, and what is on hold; nothing is ever deleted by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class RetentionClass(Base):
    """What the agency's records schedule says of a kind of records."""

    __tablename__ = "retention_classes"
    __table_args__ = (
        CheckConstraint("keep_years between 1 and 200", name="keep_years"),
        CheckConstraint("length(trim(schedule)) > 0", name="schedule"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    #: The item of the schedule, as the records officer cites it.
    schedule: Mapped[str]
    #: Years from the event that the kind names; NULL is permanent.
    keep_years: Mapped[int | None]


class Hold(Base):
    """An order to keep everything as it is, of one alliance or (NULL) of the whole program."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("ix_holds_alliance_id", "alliance_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("num_nonnulls(lifted_at, lifted_by, lifted_because) in (0, 3)", name="lifted"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id"))
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_because: Mapped[str | None]
