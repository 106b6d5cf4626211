"""When a person wants to hear of what is their own, and what that leaves out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from policy.own_digest import LeavesOut


class Digest(Base):
    """What a person chose; who chose nothing has no row."""

    __tablename__ = "digests"
    __table_args__ = (
        CheckConstraint(
            f"leaves_out <@ array[{', '.join(repr(part.value) for part in LeavesOut)}]::varchar[]", name="leaves_out"
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    #: Five-field cron expression; NULL: never.
    schedule: Mapped[str | None]
    #: IANA name of the person's own time zone.
    timezone: Mapped[str]
    leaves_out: Mapped[list[str]] = mapped_column(ARRAY(String))
    changed_at: Mapped[datetime]
