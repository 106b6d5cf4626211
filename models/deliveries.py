"""What Slack has delivered: the same delivery that comes again is recognised by its id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Delivery(Base):
    """One thing that somebody did in Slack, or that happened there, as it was delivered first."""

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "at"),)

    #: Of the event, or of the trigger that Slack makes for each deed.
    id: Mapped[str] = mapped_column(primary_key=True)
    #: In real time, whatever clock the records live by.
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    #: Whether it was worked on to its end.
    done: Mapped[bool] = mapped_column(default=False)
    #: The signature that it came with; NULL in Socket Mode.
    signature: Mapped[str | None]
