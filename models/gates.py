"""What is on record for the gates: one row for each thing that somebody did, answered or decided."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class GateRecord(Base):
    """One thing that a gate reads; of several about the same the latest that was not withdrawn counts."""

    __tablename__ = "gate_records"
    __table_args__ = (
        CheckConstraint("length(trim(subject)) > 0", name="subject"),
        Index("ix_gate_records_alliance_id", "alliance_id", postgresql_where=text("withdrawn_at is null")),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: As `policy.subjects` says, or "agreement:12", "work-plan:3": what stands before the gates.
    subject: Mapped[str]
    #: A `policy.gate_records.RecordKind`; the code knows them, so that a new one needs no migration.
    kind: Mapped[str]
    #: What it is about, as its kind says; empty where there is only one.
    about: Mapped[str]
    #: NULL for what is not done on a day, such as an answer to a criterion.
    on_day: Mapped[date | None]
    #: Who did it, as named; NULL where nobody in particular did.
    by: Mapped[str | None]
    #: The official for whom a designee acted.
    acting_for: Mapped[str | None]
    #: The evidence, the answer, the words; NULL takes an answer back.
    text: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    #: Common to what was recorded together: it is withdrawn together.
    sheet: Mapped[uuid.UUID]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: As named at the time.
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    #: When an agreement was signed on the strength of it: from then on it cannot be withdrawn.
    counted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
