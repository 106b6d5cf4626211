"""What is put before officials for approval, and what each of them decided."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.offices import one_of
from policy.approval import ApprovalStatus, Verdict


class Approval(Base):
    """One version of a draft before a chain of officials; the chain is kept as it was when they were asked."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint(one_of("status", tuple(status.value for status in ApprovalStatus)), name="status"),
        CheckConstraint("(status = 'open') = (ended_at is null)", name="ended"),
        Index(
            "uq_approvals_open",
            *("alliance_id", "subject", "purpose", "about"),
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    #: As `Draft.subject`.
    subject: Mapped[str]
    #: A `policy.chains.Purpose`; the code knows them, so that a new one needs no migration.
    purpose: Mapped[str]
    #: What it is about, as its purpose says: a Regional Office by its code, a participant; empty where there is one.
    about: Mapped[str]
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    #: The draft's: what was shown, and is decided on.
    digest: Mapped[str]
    #: A `policy.approval.Chain` as `write_chain` writes it.
    chain: Mapped[dict[str, Any]]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: As named at the time.
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    #: What who asks says to those who decide.
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=ApprovalStatus.OPEN.value)
    #: When it ended, however that was; NULL while it is open.
    ended_at: Mapped[datetime | None]
    #: Who ended it, as named at the time, and why it was returned, declined, withdrawn or void.
    ended_by: Mapped[str | None]
    ended_why: Mapped[str | None]
    #: `GateRecord.sheet` of what its approval put on record for the gates; NULL while it is not approved.
    sheet: Mapped[uuid.UUID | None]


class ApprovalDecision(Base):
    """What one seat of a chain decided; once for each seat, unless it was taken back."""

    __tablename__ = "approval_decisions"
    __table_args__ = (
        CheckConstraint(one_of("verdict", tuple(verdict.value for verdict in Verdict)), name="verdict"),
        CheckConstraint("verdict = 'approve' or reason is not null", name="reason"),
        CheckConstraint("(recorded_by is null) <= (decided_by_id is not null)", name="decided_by"),
        CheckConstraint("(recorded_by is null) = (evidence is null)", name="evidence"),
        Index(
            "uq_approval_decisions_seat",
            *("approval_id", "step", "seat"),
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: Mapped[Id]
    approval_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"))
    #: `policy.approval.Step.id` and `Seat.key`.
    step: Mapped[str]
    seat: Mapped[str]
    verdict: Mapped[str]
    #: Why it was returned or declined.
    reason: Mapped[str | None]
    #: NULL for somebody outside, whose decision was recorded.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: As named at the time.
    decided_by: Mapped[str]
    #: The official, or the vacant position, for which it was decided; NULL for who holds the position.
    acting_for: Mapped[str | None]
    #: Of a designee, that official: names change, and two may have one.
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: The local day of the lead office, or the day that the evidence says.
    on_day: Mapped[date]
    #: Where the decision of somebody outside is written, and who recorded it.
    evidence: Mapped[str | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_by: Mapped[str | None]
    #: The content that was decided on.
    digest: Mapped[str]
    decided_at: Mapped[datetime]
    #: When a wrong click was undone; the row no longer counts.
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
