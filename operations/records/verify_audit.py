"""Verify that the audit is whole: each entry's hash fits its words and the entry before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import GENESIS, REDACTED, AuditEntry, canonical, remains, seal


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries were read, and the first that does not fit; None when all do."""

    entries: int
    first_break: int | None
    #: Entries that lost words, each of them told of by a later entry that fits.
    redacted: int = 0
    #: The hash of the last entry that was read.
    head: str = GENESIS


def verify_audit(session: Session) -> Verified:
    """Read the chain from its beginning up to its end, or to the first break.

    The hash of an entry that was redacted covers words that are gone: what is left of it has to be what a later
    entry says is left.
    """
    previous = GENESIS
    entries = 0
    left: dict[int, str] = {}
    told: dict[int, str] = {}
    query = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    with session.scalars(query) as chain:
        for entry in chain:
            entries += 1
            words = canonical(entry.at, entry.actor, entry.action, entry.subject, entry.data, salt=entry.salt)
            if entry.previous != previous:
                return Verified(entries, entry.seq)
            if entry.hash != seal(previous, words):
                if entry.action == REDACTED:
                    return Verified(entries, entry.seq)
                left[entry.seq] = remains(entry)
            elif entry.action == REDACTED:
                told |= {one["entry"]: one["remains"] for one in entry.data["entries"] if one["entry"] < entry.seq}
            previous = entry.hash
    broken = next((seq for seq, digest in left.items() if told.get(seq) != digest), None)
    return Verified(entries, broken, len(left), previous)
