"""What people ask an official to decide on a duty."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.offices import one_of
from policy.requests import RequestKind, RequestStatus


class Request(Base):
    """Somebody asks an official above to snooze a duty past its date, or to waive it; one at a time for a duty."""

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(kind.value for kind in RequestKind)), name="kind"),
        CheckConstraint(one_of("status", tuple(status.value for status in RequestStatus)), name="status"),
        CheckConstraint("(kind = 'snooze') = (until is not null)", name="until"),
        CheckConstraint("(status = 'open') = (decided_at is null)", name="decided"),
        Index("uq_requests_open", "obligation_id", unique=True, postgresql_where=text("status = 'open'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    #: The day to wait for; NULL where a waiver is asked for.
    until: Mapped[date | None]
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: As named at the time.
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default=RequestStatus.OPEN.value)
    #: Who decided or withdrew it, as named at the time; NULL where it lapsed.
    decided_by: Mapped[str | None]
    #: When it ended, however that was.
    decided_at: Mapped[datetime | None]
    #: Why it was declined.
    decided_why: Mapped[str | None]
