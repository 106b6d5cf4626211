"""Addresses under which calendars are fetched, and what tells the entries of this installation from another's."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class CalendarFeed(Base):
    """The address that one person has for one calendar; of the address itself only a hash is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        CheckConstraint("token_hash ~ '^[0-9a-f]{64}$'", name="token_hash"),
        CheckConstraint("num_nonnulls(office_id, alliance_id) <= 1", name="one_calendar"),
        CheckConstraint("num_nonnulls(stopped_at, stopped_by) in (0, 2)", name="stopped"),
        # One address a person for each calendar: whoever wants another replaces it.
        Index(
            "uq_calendar_feeds_served",
            *("person_id", "office_id", "alliance_id"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("stopped_at is null"),
        ),
    )

    id: Mapped[Id]
    #: Whose address it is: it is served as long as this person may have the calendar.
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: The office with those below it, or the alliance; both NULL: what is the person's own.
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    alliance_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: SHA-256 of the random part of the address, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    #: When it was last fetched, to the minute or so; NULL: never.
    fetched_at: Mapped[datetime | None]
    #: When it was stopped or replaced, and by whom, as named at the time; NULL while it is served.
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None]


class Installation(Base):
    """This installation: one row, made with the tables, which moves with the records wherever they go."""

    __tablename__ = "installations"

    #: What stands behind the @ of every entry of a calendar.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
