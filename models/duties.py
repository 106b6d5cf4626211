"""What is owed, what was announced of it, and the Slack messages that did it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.offices import one_of
from policy.duties import Basis, Modality, Status
from policy.stages import Audience

SETTLED = tuple(status.value for status in Status if not status.unsettled)


class Obligation(Base):
    """A duty as the last check of the rules found it; its id is `policy.duties.Due.id`."""

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("rule", "subject", "period", postgresql_nulls_not_distinct=True),
        CheckConstraint(one_of("basis", tuple(basis.value for basis in Basis)), name="basis"),
        CheckConstraint(one_of("modality", tuple(modality.value for modality in Modality)), name="modality"),
        CheckConstraint(f"settled is null or {one_of('settled', SETTLED)}", name="settled"),
        CheckConstraint("(settled is null) = (settled_on is null)", name="settled_on"),
        CheckConstraint("opens_on <= due_on", name="dates"),
        CheckConstraint("array_length(clauses, 1) > 0", name="clauses"),
        CheckConstraint("num_nulls(assigned_to_id, assigned_as, assigned_by) in (0, 3)", name="assigned"),
        Index(None, "assigned_to_id", postgresql_where=text("settled is null")),
        Index("ix_obligations_office_id_due_on", "office_id", "due_on", postgresql_where=text("settled is null")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    #: NULL for a duty of the program as a whole.
    alliance_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    #: The lead office, or the one to which the duty was passed on.
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    #: Set when an office said "not ours": the check then leaves `office_id` alone.
    passed_on: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    rule: Mapped[str]
    subject: Mapped[str]
    #: NULL for a duty without a period.
    period: Mapped[str | None]
    #: What tells it from others of its rule, such as the milestone's title, or how far it has come.
    detail: Mapped[str | None]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    basis: Mapped[str]
    modality: Mapped[str]
    edition: Mapped[str]
    clauses: Mapped[list[str]] = mapped_column(ARRAY(String))
    carried_over: Mapped[bool]
    owner: Mapped[str]
    #: Meetings only.
    required: Mapped[int | None]
    held: Mapped[int | None]
    #: The days of the year's meetings that are planned and not recorded as held; NULL before the first check.
    planned: Mapped[list[date] | None] = mapped_column(ARRAY(Date))
    #: NULL while somebody still has to do something.
    settled: Mapped[str | None]
    settled_on: Mapped[date | None]
    #: Who recorded what settled it, as named at the time.
    settled_by: Mapped[str | None]
    #: Why it was waived or lifted.
    reason: Mapped[str | None]
    #: No reminder is sent before this day, and one on it; NULL when nobody snoozed it.
    snoozed_until: Mapped[date | None]
    snoozed_by: Mapped[str | None]
    snooze_reason: Mapped[str | None]
    #: Who agreed that it goes past the legal date; NULL where that takes nobody else.
    snooze_agreed_by: Mapped[str | None]
    #: Who is to do it, as named when it was assigned; NULL while nobody in particular is.
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    assigned_as: Mapped[str | None]
    assigned_by: Mapped[str | None]
    assigned_note: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class NoticeStatus(StrEnum):
    """How far one announcement of one duty has come."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class MessageKind(StrEnum):
    """What a message is to whom it goes."""

    #: An office's one message of the day.
    REMINDER = "reminder"
    #: What escalates on a day, in the thread of an office's reminder.
    REPLY = "reply"
    #: A person's one direct message of the day.
    DIRECT = "direct"
    #: What could not be delivered, for who administers the program; it carries no notices.
    UNDELIVERABLE = "undeliverable"
    #: What somebody asks an official to decide; it carries no notices.
    REQUEST = "request"
    #: To who asked, what an official decided, and to who is assigned a duty, by whom; they carry no notices.
    DECIDED = "decided"
    ASSIGNED = "assigned"
    #: To an office, which duties are nobody's in particular again because who had them left; it carries no notices.
    RETURNED = "returned"
    #: Digests carry no notices: what an office hears each week, the National Office each month, and a person.
    WEEK = "week"
    MONTH = "month"
    OWN = "own"
    #: A draft before an official who is to approve it, and what was decided, to who asked; they carry no notices.
    APPROVAL = "approval"
    APPROVAL_NEWS = "approval-news"


ABOUT_REQUESTS = (MessageKind.REQUEST, MessageKind.DECIDED)
ABOUT_APPROVALS = (MessageKind.APPROVAL, MessageKind.APPROVAL_NEWS)
PERSONAL = (
    MessageKind.DIRECT,
    MessageKind.OWN,
    MessageKind.DECIDED,
    MessageKind.ASSIGNED,
    MessageKind.APPROVAL_NEWS,
)
DIGESTS = (MessageKind.WEEK, MessageKind.MONTH, MessageKind.OWN)
WITHOUT_NOTICES = (
    *ABOUT_REQUESTS,
    *ABOUT_APPROVALS,
    *DIGESTS,
    MessageKind.UNDELIVERABLE,
    MessageKind.ASSIGNED,
    MessageKind.RETURNED,
)


def _one_a_day(kind: MessageKind, *columns: str, **more: Any) -> Index:
    """Make the index that lets messages of a kind be one a day for each value of these columns."""
    only = text(f"kind = '{kind}'")
    return Index(f"uq_messages_{kind}", *columns, "day", unique=True, postgresql_where=only, **more)


class Message(Base):
    """One Slack message with all that it says of a day; its id is that of one of its notices."""

    __tablename__ = "messages"
    __table_args__ = (
        _one_a_day(MessageKind.REMINDER, "office_id"),
        _one_a_day(MessageKind.REPLY, "parent_id"),
        _one_a_day(MessageKind.DIRECT, "person_id"),
        _one_a_day(MessageKind.UNDELIVERABLE, "office_id", "person_id", postgresql_nulls_not_distinct=True),
        Index(
            "uq_messages_digest",
            *("kind", "office_id", "person_id", "period"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("period is not null"),
        ),
        Index(None, "shows", postgresql_using="gin", postgresql_where=text("shows is not null")),
        CheckConstraint(one_of("kind", tuple(kind.value for kind in MessageKind)), name="kind"),
        CheckConstraint(f"({one_of('kind', DIGESTS)}) = (period is not null)", name="period"),
        CheckConstraint("(kind = 'reply') = (parent_id is not null)", name="parent"),
        CheckConstraint(f"({one_of('kind', PERSONAL)}) <= (person_id is not null)", name="person"),
        CheckConstraint(f"({one_of('kind', ABOUT_REQUESTS)}) = (request_id is not null)", name="request"),
        # What is asked may be asked of another person, once who was asked has left.
        Index(
            "uq_messages_request",
            *("request_id", "kind", "person_id"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("request_id is not null"),
        ),
        CheckConstraint(f"({one_of('kind', ABOUT_APPROVALS)}) = (approval_id is not null)", name="approval"),
        CheckConstraint("(approval_id is null) = (occasion is null)", name="occasion"),
        Index(
            "uq_messages_approval",
            *("approval_id", "kind", "occasion", "office_id", "person_id"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("approval_id is not null"),
        ),
        CheckConstraint(one_of("status", tuple(status.value for status in NoticeStatus)), name="status"),
        CheckConstraint("(status = 'sent') <= (ts is not null)", name="sent_has_ts"),
        CheckConstraint("shown_version <= version", name="versions"),
        CheckConstraint("(held_until is null) = (held_why is null)", name="held"),
        Index(
            "ix_messages_waiting",
            "created_at",
            postgresql_where=text("status in ('pending', 'claimed', 'uncertain') or version > shown_version"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default=MessageKind.REMINDER.value, server_default=MessageKind.REMINDER.value)
    #: The office that it is for; the office where the position is, for a direct message.
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    #: The reminder in whose thread it stands.
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))
    #: Whom it was meant for, wherever it went in the end.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: What it asks for, or of which it tells what was decided.
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"))
    #: The approval that it asks for, or of which it tells what was decided.
    approval_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"))
    #: Why it was said: "asked:1" and "reminded:1:2" by the step (and how often), "told:3" by the decisions so far.
    occasion: Mapped[str | None]
    #: The local day of the office.
    day: Mapped[date]
    #: Of a digest: the Monday of its week, the first of its month, or its day.
    period: Mapped[date | None]
    #: The obligations and approvals that a message without notices shows, such as a digest; NULL where it is not
    #: rewritten.
    shows: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
    #: Slack's channel at the time of sending, and the message's ts once it is there. A direct message has the
    #: person's Slack id until the conversation is open.
    channel: Mapped[str]
    ts: Mapped[str | None]
    #: Why it did not go where it belongs, when it went up the ladder.
    climbed_why: Mapped[str | None]
    #: When Slack said that it no longer stands there: no reply is put into its thread.
    gone_at: Mapped[datetime | None]
    status: Mapped[str]
    #: A worker's lease, on the database's clock; NULL when nobody works on it.
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Grows with each change of a duty in it; the message is rewritten until what it shows has caught up.
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    shown_version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: The text and blocks that were last sent: the evidence of who was told what.
    words: Mapped[dict[str, Any] | None]
    #: Until when it is not posted, and why; NULL when it may be.
    held_until: Mapped[datetime | None]
    held_why: Mapped[str | None]
    #: Slack's error, when it refused, or why it has to be tried again.
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    notices: Mapped[list[Notice]] = relationship(back_populates="message", lazy="raise")


class Notice(Base):
    """One stage of one duty, to one recipient, on one day: the ledger of what is said exactly once."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("obligation_id", "stage", "recipient", "day"),
        CheckConstraint(one_of("status", tuple(status.value for status in NoticeStatus)), name="status"),
        CheckConstraint(one_of("audience", tuple(audience.value for audience in Audience)), name="audience"),
        CheckConstraint("(status in ('claimed', 'sent', 'uncertain')) <= (message_id is not null)", name="message"),
        Index("ix_notices_office_id_day", "office_id", "day", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligations.id", ondelete="CASCADE"))
    #: "before:30", "on:0", "after:7"; see `policy.stages`.
    stage: Mapped[str]
    #: "office:0317300", or "official:REG-PHI" for who is above the owner there, whoever that is on the day.
    recipient: Mapped[str]
    #: As what the recipient hears of it; see `policy.stages.Audience`.
    audience: Mapped[str] = mapped_column(default=Audience.OWNER.value, server_default=Audience.OWNER.value)
    #: The office of the recipient: its day and its schedule hold.
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    #: The local day on which it is to be sent.
    day: Mapped[date]
    status: Mapped[str] = mapped_column(default=NoticeStatus.PENDING.value)
    #: Why it was cancelled, skipped or failed.
    reason: Mapped[str | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    changed_at: Mapped[datetime]

    message: Mapped[Message | None] = relationship(back_populates="notices", lazy="raise")
    obligation: Mapped[Obligation] = relationship(lazy="raise")


class Submission(Base):
    """A form that was submitted: the second Submit of it finds this row and does nothing new."""

    __tablename__ = "submissions"

    #: Slack's view id, or "step:" and the id of the execution of a step.
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    #: What the person was told.
    answer: Mapped[str]


class Schedule(Base):
    """The last run of something that the clock starts; missed runs are caught up once."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(primary_key=True)
    #: The moment up to which every tick has been dealt with.
    ran_until: Mapped[datetime]
