"""What every import does at its beginning and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from models import audit
from models.locks import IMPORT
from operations.hands.lock_hands import lock_hands
from operations.records.bad_rows import ImportResult
from operations.records.read_table import Table


def lock_imports(session: Session) -> None:
    """Wait until no other import runs and nobody changes hands, and keep others waiting until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": IMPORT})
    lock_hands(session)


def close_import(
    session: Session,
    table: Table,
    result: ImportResult,
    *,
    what: str,
    changes: Mapping[str, list[str]],
    by: str,
    now: datetime,
) -> ImportResult:
    """Write the import's audit entry, unless it changed nothing; `changes` names what changed of each."""
    if result.created or result.changed:
        audit.record(
            session,
            at=now,
            actor=by,
            action=f"{what}:imported",
            subject=f"import:{table.digest[:12]}",
            data={
                "file": table.file,
                "digest": table.digest,
                "rows": result.rows,
                "created": list(result.created),
                "changed": dict(changes),
                "unchanged": len(result.unchanged),
                "warnings": list(result.warnings),
            },
        )
    return result
