"""What the audit tells of each alliance: what was recorded of it, and which imports changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.audit import AuditEntry

#: What the check and the delivery note of themselves: it follows from the records, and is most of the audit.
OF_PROCESSES = ("obligation:%", "message:%")
IMPORTED = "alliances:imported"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the audit."""

    at: datetime
    action: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """What the audit tells of one alliance, in order."""

    entries: tuple[Entry, ...]
    #: When an import changed it, and which columns.
    imports: tuple[tuple[datetime, frozenset[str]], ...]


def read_trail(session: Session, ids: Sequence[int]) -> dict[int, Trail]:
    """Read what the audit tells of some alliances, by id: two queries, however many there are."""
    by_subject: dict[str, list[Entry]] = {f"alliance:{id}": [] for id in ids}
    of_people = select(AuditEntry).where(AuditEntry.subject.in_(by_subject)).order_by(AuditEntry.seq)
    for action in OF_PROCESSES:
        of_people = of_people.where(AuditEntry.action.not_like(action))
    for row in session.scalars(of_people):
        by_subject[row.subject].append(Entry(row.at, row.action, row.data))
    changed: dict[str, list[tuple[datetime, frozenset[str]]]] = {}
    for row in session.scalars(select(AuditEntry).where(AuditEntry.action == IMPORTED).order_by(AuditEntry.seq)):
        for name, columns in row.data.get("changed", {}).items():
            changed.setdefault(_key(name), []).append((row.at, frozenset(columns)))
    names = session.execute(select(Alliance.id, Alliance.name).where(Alliance.id.in_(ids)))
    return {id: Trail(tuple(by_subject[f"alliance:{id}"]), tuple(changed.get(_key(name), ()))) for id, name in names}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
