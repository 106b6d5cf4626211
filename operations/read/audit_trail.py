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
from models.names import FormerName

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
    """Read what the audit tells of some alliances, by id: four queries, however many there are."""
    by_subject: dict[str, list[Entry]] = {f"alliance:{id}": [] for id in ids}
    of_people = select(AuditEntry).where(AuditEntry.subject.in_(by_subject)).order_by(AuditEntry.seq)
    for action in OF_PROCESSES:
        of_people = of_people.where(AuditEntry.action.not_like(action))
    for row in session.scalars(of_people):
        by_subject[row.subject].append(Entry(row.at, row.action, row.data))
    names = _Names(session)
    imports: dict[int, list[tuple[datetime, frozenset[str]]]] = {}
    for row in session.scalars(select(AuditEntry).where(AuditEntry.action == IMPORTED).order_by(AuditEntry.seq)):
        for name, columns in row.data.get("changed", {}).items():
            imports.setdefault(names.alliance(name, row.at), []).append((row.at, frozenset(columns)))
    return {id: Trail(tuple(by_subject[f"alliance:{id}"]), tuple(imports.get(id, ()))) for id in ids}


class _Names:
    """Which alliance had a name at a moment: imports are told by the names that their files gave."""

    def __init__(self, session: Session) -> None:
        there = session.execute(select(Alliance.id, Alliance.name).where(Alliance.merged_into_id.is_(None)))
        self.now = {_key(name): id for id, name in there}
        former = session.scalars(select(FormerName).where(FormerName.alliance_id.is_not(None)))
        self.before = [(_key(row.name), row.until, row.alliance_id) for row in former.all()]
        self.before.sort(key=lambda row: row[1])

    def alliance(self, name: str, at: datetime) -> int:
        """Return its id; 0 where nobody bears the name any more."""
        key = _key(name)
        had = [(until, id or 0) for known, until, id in self.before if known == key]
        then = next((id for until, id in had if at.date() <= until), None)
        # As an import finds them: one of before gives way to one of today.
        return then or self.now.get(key) or (had[-1][1] if had else 0)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
