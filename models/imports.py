"""Files that people import in Slack: how far each has come, and what it takes to take it back as a whole."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.offices import one_of
from policy.import_state import ImportState


class Import(Base):
    """A file that somebody wants to import; its bytes lie in the store under their SHA-256."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(one_of("state", tuple(state.value for state in ImportState)), name="state"),
        CheckConstraint(one_of("what", ("alliances", "people", "offices")), name="what"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("num_nonnulls(channel, ts) in (0, 2)", name="message"),
        Index("ix_imports_waiting", "id", postgresql_where=text("try_at is not null")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    what: Mapped[str]
    #: As the file was called.
    file: Mapped[str]
    slack_file: Mapped[str]
    #: NULL while it is still to be fetched from Slack.
    sha256: Mapped[str | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: As named at the time, and the Slack account, which is told how it goes.
    asked_by: Mapped[str]
    asked_by_slack: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    #: Why it was refused, or cannot be taken back.
    reason: Mapped[str | None]
    #: What it would record or has recorded, in numbers and the first rows.
    found: Mapped[dict[str, Any] | None]
    #: Each row that it wrote: as it was before and after; None: there was none.
    rows: Mapped[list[Any] | None]
    #: The message in Slack that shows it; NULL before it was posted.
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    #: When a worker is to look at it next, and how often one did in vain; NULL: nobody has to.
    try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
