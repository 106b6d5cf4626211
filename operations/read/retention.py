"""How long each kind of records is to be kept, what may go by the schedule, and what is on hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, Ending
from models.audit import AuditEntry
from models.retention import RetentionClass
from operations.records.holds import Held, holds_of_entries, standing_holds
from policy.retention import Kind, kept_until


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the schedule says of a kind; None where nothing is set."""

    kind: Kind
    schedule: str | None
    #: None is permanent, or that nothing is set.
    keep_years: int | None


@dataclass(frozen=True, slots=True)
class EndedAlliance:
    """An alliance that ended, with the last day on which its records are to be kept; None is without end."""

    name: str
    ended_on: date
    kept_until: date | None
    held: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """All of it."""

    kinds: tuple[Keeping, ...]
    holds: tuple[Held, ...]
    ended: tuple[EndedAlliance, ...]


def read_retention(session: Session) -> Retention:
    """Read what is set, what is on hold, and until when the records of each alliance that ended are to be kept."""
    kinds = tuple(_keeping(session))
    holds = standing_holds(session)
    held = {hold.alliance_id for hold in holds}
    years = next(each.keep_years for each in kinds if each.kind is Kind.ALLIANCES)
    query = select(Alliance.id, Alliance.name, Ending.ended_on).join(Ending, Ending.alliance_id == Alliance.id)
    ended = tuple(
        EndedAlliance(name, on, None if years is None else kept_until(on, years), bool(held & {None, id}))
        for id, name, on in session.execute(query.order_by(Ending.ended_on, Alliance.name))
    )
    return Retention(kinds, tuple(holds), ended)


def read_audit_rows(session: Session) -> Iterator[dict[str, object]]:
    """Yield the entries of the audit for a records officer, in order: as they are sealed, how long to keep, on hold."""
    keeping = next(each for each in _keeping(session) if each.kind is Kind.AUDIT)
    held = holds_of_entries(session)
    names = {f"alliance:{id}": name for id, name in session.execute(select(Alliance.id, Alliance.name))}
    query = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
    with session.scalars(query) as chain:
        for entry in chain:
            hold = held.get(None) or held.get(entry.subject)
            at = entry.at.astimezone(UTC)
            until = None if keeping.keep_years is None else kept_until(at.date(), keeping.keep_years)
            yield {
                "seq": entry.seq,
                "at": at,
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "alliance": names.get(entry.subject),
                "data": entry.data,
                "salt": entry.salt,
                "previous": entry.previous,
                "hash": entry.hash,
                "schedule": keeping.schedule,
                "keep_until": until,
                "hold": None if hold is None else hold.reason,
            }
            session.expunge(entry)


def _keeping(session: Session) -> Iterator[Keeping]:
    rows = {row.kind: row for row in session.scalars(select(RetentionClass))}
    for kind in Kind:
        row = rows.get(kind.value)
        yield Keeping(kind, None if row is None else row.schedule, None if row is None else row.keep_years)
