"""Verify that the audit is whole: each entry's hash fits its words and the entry before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import GENESIS, AuditEntry, canonical, seal


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries were read, and the first that does not fit; None when all do."""

    entries: int
    first_break: int | None


def verify_audit(session: Session) -> Verified:
    """Read the chain from its beginning up to its end, or to the first break."""
    previous = GENESIS
    entries = 0
    query = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    with session.scalars(query) as chain:
        for entry in chain:
            entries += 1
            words = canonical(entry.at, entry.actor, entry.action, entry.subject, entry.data)
            if entry.previous != previous or entry.hash != seal(previous, words):
                return Verified(entries, entry.seq)
            previous = entry.hash
    return Verified(entries, None)
