"""Names of before: an office, an alliance and a participant are found by them, and their history keeps them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class FormerName(Base):
    """A name that an office, an alliance or a participant had until a day."""

    __tablename__ = "former_names"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="name"),
        CheckConstraint("num_nonnulls(office_id, alliance_id, signatory_id) = 1", name="whose"),
    )

    id: Mapped[Id]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    alliance_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatories.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    #: The first day on which it was called otherwise.
    until: Mapped[date]
