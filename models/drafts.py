"""What is in preparation, version by version: a row is written once and never changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Draft(Base):
    """One version of a paper in preparation: a proposal, a draft agreement, a product."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("alliance_id", "subject", "version"),
        CheckConstraint("length(trim(subject)) > 0", name="subject"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: As `policy.subjects` says: "proposal", "draft", "product:3".
    subject: Mapped[str]
    #: Counted from 1 for each subject.
    version: Mapped[int]
    #: Flat: a field's name, and its text or list of texts; so two versions can be compared field by field.
    content: Mapped[dict[str, Any]]
    #: SHA-256 of the content as canonical JSON: what an approval is bound to.
    digest: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: As named at the time.
    made_by: Mapped[str]
    made_at: Mapped[datetime]
