"""The tree of offices, and the people who hold positions in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models.base import Base, Id
from policy.rights import Role

#: A district office is a field office below a region, as an area office is.
OFFICE_KINDS = ("national", "directorate", "region", "area", "district", "external")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition that a column holds one of our own fixed words."""
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} in ({quoted})"


class Office(Base):
    """An OSHA office (or an outside body such as the Solicitor); the root of the tree is the program."""

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint(one_of("kind", OFFICE_KINDS), name="kind"),
        CheckConstraint("code ~ '^[A-Z0-9-]{2,20}$'", name="code"),
        CheckConstraint("parent_id <> id", name="own_parent"),
        CheckConstraint("length(trim(name)) > 0", name="name"),
        CheckConstraint("successor_id <> id", name="successor"),
        CheckConstraint("num_nonnulls(closed_on, successor_id) in (0, 2)", name="closed"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: NULL for the root of a program and for outside bodies.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    city: Mapped[str | None]
    state: Mapped[str | None]
    #: IANA name; it says what day it is for the office.
    timezone: Mapped[str]
    #: The numbered region before 1 October 2024; NULL where there was none.
    former_region: Mapped[str | None]
    #: Slack's id of the channel that gets the reminders; NULL: the parent's is used.
    channel: Mapped[str | None]
    #: Since when Slack refuses what is sent there, why, and when that was last tried; NULL while it does not.
    unreachable_since: Mapped[datetime | None]
    unreachable_why: Mapped[str | None]
    probed_at: Mapped[datetime | None]
    #: Five-field cron expression of the reminders, in the office's time zone; NULL: the default.
    schedule: Mapped[str | None]
    #: What the office set for itself, see `operations.office_settings`.
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: The first day on which there is no such office any more, and which one it went into; NULL while there is.
    closed_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))

    parent: Mapped[Office | None] = relationship(remote_side="Office.id", foreign_keys=parent_id, lazy="raise")

    @validates("channel")
    def _forget_the_old(self, _: str, channel: str | None) -> str | None:
        """Let a channel that is set anew be tried anew, whoever sets it."""
        self.unreachable_since = self.unreachable_why = self.probed_at = None
        return channel


class Person(Base):
    """Somebody who works with the program, known by the Slack account."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("length(trim(name)) > 0", name="name"),)

    id: Mapped[Id]
    slack_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    #: Since when Slack refuses what is sent there, why, and when that was last tried; NULL while it does not.
    unreachable_since: Mapped[datetime | None]
    unreachable_why: Mapped[str | None]
    probed_at: Mapped[datetime | None]
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class Position(Base):
    """What a person is at an office, from a day until a day, possibly as designee of somebody."""

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint(one_of("role", tuple(role.value for role in Role)), name="role"),
        CheckConstraint("held_until is null or held_until >= held_from", name="dates"),
        CheckConstraint("acting_for_id <> person_id", name="acting_for"),
        Index("ix_positions_person_id_office_id", "person_id", "office_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    role: Mapped[str]
    held_from: Mapped[date]
    #: The last day, included; NULL while it is held.
    held_until: Mapped[date | None]
    #: The official whose designee this person is; NULL when the position is the person's own.
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
