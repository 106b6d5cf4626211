"""Whose Home tab was opened, and what it shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Home(Base):
    """The Home tab of somebody who has opened it; nobody else has one that could be out of date."""

    __tablename__ = "homes"
    __table_args__ = (CheckConstraint("shown ~ '^[0-9a-f]{64}$'", name="shown"),)

    slack_id: Mapped[str] = mapped_column(primary_key=True)
    #: When it was last opened.
    opened_at: Mapped[datetime]
    #: The entry of the audit up to which it is known to be right; 0 before it was published.
    seq: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of what was published last; NULL before.
    shown: Mapped[str | None]
    #: The ids of the alliances of which it shows anything.
    shows: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
