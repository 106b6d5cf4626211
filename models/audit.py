"""The audit: append-only (a trigger refuses the rest), hash-chained, written in the transaction it tells of."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.locks import AUDIT_CHAIN

GENESIS = "0" * 64


class AuditEntry(Base):
    """One thing that was done, by whom, when; the entry's hash seals it and all entries before it."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    #: The person as named at the time, or the process ("rule check").
    actor: Mapped[str]
    #: "subject:verb-ed", such as "meeting:recorded".
    action: Mapped[str] = mapped_column(index=True)
    #: What it was done to: "alliance:7".
    subject: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


def canonical(at: datetime, actor: str, action: str, subject: str, data: dict[str, Any]) -> bytes:
    """Return the bytes that an entry's hash covers: JSON with sorted keys, no spaces, time in UTC."""
    return json.dumps(
        {
            "at": at.astimezone(UTC).isoformat(),
            "actor": actor,
            "action": action,
            "subject": subject,
            "data": data,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def seal(previous: str, entry: bytes) -> str:
    """Return the hash of an entry: SHA-256 over the hash before it, a line feed, and its canonical bytes."""
    return hashlib.sha256(previous.encode() + b"\n" + entry).hexdigest()


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Note an audit entry; it is sealed and written with the session's commit, after everything else."""
    if not session.in_transaction():
        session.begin()  # so that a rollback hears of the note, too
    plain = json.loads(json.dumps(data or {}, default=str))
    session.info.setdefault("audit", []).append((at, actor, action, subject, plain))


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    # Sealed last, so that the chain's lock is held for the length of one INSERT and never while
    # another row lock is still to be taken: two writers cannot wait for each other in a circle.
    if not session.in_nested_transaction():
        write_noted(session)


def write_noted(session: Session) -> None:
    """Append the noted entries to the chain, holding its lock until the transaction ends."""
    noted = session.info.pop("audit", [])
    if not noted:
        return
    session.flush()
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": AUDIT_CHAIN})
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)) or GENESIS
    for at, actor, action, subject, data in noted:
        previous_hash, previous = previous, seal(previous, canonical(at, actor, action, subject, data))
        session.add(
            AuditEntry(
                at=at,
                actor=actor,
                action=action,
                subject=subject,
                data=data,
                previous=previous_hash,
                hash=previous,
            )
        )
        session.flush()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop("audit", None)
