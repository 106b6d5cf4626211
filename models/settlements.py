"""How a duty without a record of its own was settled: done, or waived."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Fulfilment(Base):
    """A duty that was done, such as a copy sent or a logo withdrawn; names the duty as the rules do."""

    __tablename__ = "fulfilments"
    __table_args__ = (UniqueConstraint("rule", "subject", "period", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    subject: Mapped[str]
    #: NULL for a duty without a period.
    period: Mapped[str | None]
    done_on: Mapped[date]
    note: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class Waiver(Base):
    """A duty that an official declared not applicable, with the reason."""

    __tablename__ = "waivers"
    __table_args__ = (
        UniqueConstraint("rule", "subject", "period", postgresql_nulls_not_distinct=True),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    id: Mapped[Id]
    #: NULL for a duty of the program as a whole.
    alliance_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    subject: Mapped[str]
    period: Mapped[str | None]
    #: The due date that the duty had when it was waived.
    due_on: Mapped[date]
    waived_on: Mapped[date]
    reason: Mapped[str]
    #: As named at the time.
    by: Mapped[str]
    recorded_at: Mapped[datetime]
