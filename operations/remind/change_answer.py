"""Change what was answered to a duty's reminder so that it can be undone: the audit keeps what stood there before."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.duties import Obligation
from operations.actor import Actor
from operations.records.open_obligation import recheck_obligation
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome


def change_answer(
    session: Session,
    row: Obligation,
    after: Mapping[str, Any],
    *,
    kind: str,
    action: str,
    subject: str,
    by: Actor,
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> Outcome | ProgramOutcome:
    """Write these columns of an obligation; the outcome's record, `kind` and the id of the change, can be undone.

    `told` is what else the audit says of it.
    """
    change, before = uuid.uuid4(), {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    data = {"obligation": row.id, "rule": row.rule, **(told or {}), "before": before, "after": dict(after)}
    audit.record(session, at=now, actor=by.name, action=action, subject=subject, data=data | {"change": change})
    return replace(recheck_obligation(session, row, by=by, now=now), record=f"{kind}:{change}")


def find_change(session: Session, record: str, actions: Collection[str]) -> AuditEntry:
    """Return the change that a record names.

    Raises:
        Refused: There is none.
    """
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action.in_(actions), AuditEntry.data.contains({"change": record.partition(":")[2]}))
        .limit(1)
    ).one_or_none()
    if entry is None:
        raise Refused("This record cannot be undone here.")
    return entry


def refuse_changed_since(row: Obligation, entry: AuditEntry, *, what: str, done: str) -> None:
    """Let pass what still stands as the change left it; `what` is a noun, as in "assignment", `done` its verb.

    Raises:
        Refused: It was changed anew since.
        AlreadyDone: It stands as before the change.
    """
    there = {name: _plain(getattr(row, name)) for name in entry.data["after"]}
    if there == entry.data["before"]:
        raise AlreadyDone(f"This {what} was undone before; nothing changed.")
    if there != entry.data["after"]:
        raise Refused(f"This duty was {done} anew since; nothing changed.")


def _plain(value: Any) -> Any:
    """Give a value as the audit keeps it."""
    return value.isoformat() if isinstance(value, date) else value
