"""Write what was done for the gates as rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models.gates import GateRecord
from operations.actor import Actor
from policy.gate_records import RecordKind

#: What binds a record to a version of the draft, in `GateRecord.details`; and the approval that wrote it.
DIGEST, VERSION, APPROVAL = "digest", "version", "approval"


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, answered or named."""

    kind: RecordKind
    #: As the kind says; empty where there is only one.
    about: str = ""
    #: The local day; only for what is done on a day.
    on: date | None = None
    #: Who did it; None: nobody in particular.
    by: str | None = None
    #: The official for whom a designee acted.
    acting_for: str | None = None
    #: The evidence, the answer; None takes an answer back.
    text: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    #: The form's field that a refusal speaks of.
    field: str | None = None


def write_gate_records(
    session: Session, alliance_id: int, subject: str, done: Sequence[Done], *, by: Actor, now: datetime
) -> list[GateRecord]:
    """Write what was done together as rows of one sheet; the caller has checked it, and tells the audit."""
    sheet = uuid.uuid4()
    rows = [
        GateRecord(
            alliance_id=alliance_id,
            subject=subject,
            kind=one.kind.value,
            about=one.about,
            on_day=one.on,
            by=one.by,
            acting_for=one.acting_for,
            text=one.text,
            details=dict(one.details),
            sheet=sheet,
            recorded_by_id=by.person_id,
            recorded_by=by.name,
            recorded_at=now,
        )
        for one in done
    ]
    session.add_all(rows)
    session.flush()
    return rows
