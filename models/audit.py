"""The audit: append-only (a trigger refuses the rest), hash-chained, written in the transaction it tells of."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, event, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.locks import AUDIT_CHAIN

GENESIS = "0" * 64
#: The action of the entry that says which entries before it lost words.
REDACTED = "audit:redacted"
#: The setting of a transaction under which the database lets words be taken out of entries.
REDACTING = "alliance.redacting"

#: PostgreSQL's channel on which it is announced that something was done of which people's Home tabs tell.
CHANGES = "alliance_changes"
#: Actions, by how they begin, of which no Home tab tells.
UNTOLD = ("notice:", "message:", "office:unreachable", "office:reachable", "person:", "document:", "digest:")


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
    #: Chance that the hash covers, too, so that words that were redacted cannot be guessed from it; it goes with
    #: them. Empty also for entries made before there was any.
    salt: Mapped[str] = mapped_column(server_default="")


def canonical(at: datetime, actor: str, action: str, subject: str, data: dict[str, Any], *, salt: str = "") -> bytes:
    """Return the bytes that an entry's hash covers: JSON with sorted keys, no spaces, time in UTC (docs/audit.md)."""
    return json.dumps(
        {
            "at": at.astimezone(UTC).isoformat(),
            "actor": actor,
            "action": action,
            "subject": subject,
            "data": data,
        }
        | ({"salt": salt} if salt else {}),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def seal(previous: str, entry: bytes) -> str:
    """Return the hash of an entry: SHA-256 over the hash before it, a line feed, and its canonical bytes."""
    return hashlib.sha256(previous.encode() + b"\n" + entry).hexdigest()


def remains(entry: AuditEntry) -> str:
    """Return the SHA-256 of what is left of a redacted entry, as the entry that tells of the redaction names it."""
    return hashlib.sha256(canonical(entry.at, entry.actor, entry.action, entry.subject, entry.data)).hexdigest()


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


#: One statement for all, in their order: rows that are sent one by one cost twice as much, with the chain locked.
_INSERT = text(
    "insert into audit (at, actor, action, subject, data, previous, hash, salt)"
    " select at, actor, action, subject, data, previous, hash, salt"
    " from json_to_recordset(cast(:rows as json)) as noted (at timestamptz, actor text, action text, subject text,"
    " data jsonb, previous text, hash text, salt text)"
)


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
    previous = session.scalar(text("select audit_head(:chain)"), {"chain": AUDIT_CHAIN}) or GENESIS
    rows = []
    for at, actor, action, subject, data in noted:
        salt = secrets.token_hex(16)
        row = {"at": at, "actor": actor, "action": action, "subject": subject, "data": data, "previous": previous}
        previous = seal(previous, canonical(at, actor, action, subject, data, salt=salt))
        rows.append(row | {"salt": salt, "hash": previous})
    session.execute(_INSERT, {"rows": json.dumps(rows, default=str)})
    if not all(row["action"].startswith(UNTOLD) for row in rows):
        session.execute(text("select pg_notify(:channel, '')"), {"channel": CHANGES})


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop("audit", None)
