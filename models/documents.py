"""Documents that stand behind records, such as a letter or a signed page; and pictures that were uploaded to Slack."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Document(Base):
    """A document attached to a record; its bytes lie in the store under their SHA-256."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_alliance_id", "alliance_id"),
        Index(
            "ix_documents_waiting",
            "id",
            postgresql_where=text("kept_at is null and refused_because is null and withdrawn_at is null"),
        ),
        CheckConstraint("length(trim(name)) > 0", name="name"),
        CheckConstraint("size > 0 or made_from is not null", name="size"),
        CheckConstraint("made_from is null or sha256 is null", name="made"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("num_nonnulls(sha256, kept_at) in (0, 2)", name="kept"),
        CheckConstraint("kept_at is null or refused_because is null", name="one_outcome"),
        CheckConstraint("num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2)", name="withdrawn"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    #: The record that it stands behind: "approval-decision:12", "gate:7".
    record: Mapped[str]
    #: As its file was called.
    name: Mapped[str]
    #: Bytes; 0 while it is still to be made.
    size: Mapped[int]
    media_type: Mapped[str]
    #: Slack's id of the file that was attached; empty for one that was made here.
    slack_file: Mapped[str]
    #: What a worker makes it from, as JSON; NULL once it is kept, and for files of people.
    made_from: Mapped[str | None]
    #: NULL while the file is still to be made or fetched from Slack, or was refused.
    sha256: Mapped[str | None]
    kept_at: Mapped[datetime | None]
    #: Why it is not kept, where that was seen only after it was recorded.
    refused_because: Mapped[str | None]
    #: When it is tried next to make or fetch it, and how often it was.
    try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: As named at the time, and the Slack account, which is told when it cannot be kept.
    added_by: Mapped[str]
    added_by_slack: Mapped[str | None]
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_because: Mapped[str | None]


class UploadedPicture(Base):
    """A picture that stands in Slack already: what it shows, by its SHA-256, and Slack's id of the file."""

    __tablename__ = "uploaded_pictures"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    slack_file: Mapped[str]
    uploaded_at: Mapped[datetime]
