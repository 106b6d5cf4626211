"""Attach a document to the record that was just made, or take it away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.documents import Document
from models.work import AnnualReport
from operations.actor import Actor
from operations.records.open_alliance import open_alliance
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.document_types import media_type_of
from policy.rights import Verb

#: What its record is called: "document:12".
RECORD = "document"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that somebody attached in a form, or that was made here; its name and size were checked already."""

    #: Slack's id of the file; empty for one that was made here.
    slack_file: str
    name: str
    #: Bytes; 0 of what is still to be made.
    size: int
    #: Under which it lies in the store; None while it is still to be made or fetched.
    sha256: str | None = None
    #: What it is to be made from; None for files of people, and once it is made.
    made_from: str | None = None
    #: Of which alliance it is; None for a file that was just attached.
    alliance_id: int | None = None
    #: The last day of the year that it reports on; None where it is no report.
    period_end: date | None = None


def attach_document(
    session: Session, *, alliance_id: int, record: str, attached: Attached, by: Actor, now: datetime
) -> Document:
    """Put a document behind a record of an alliance; whoever may make the record may attach what proves it."""
    row = Document(
        alliance_id=alliance_id,
        record=record,
        name=attached.name,
        size=attached.size,
        media_type=media_type_of(attached.name),
        slack_file=attached.slack_file,
        sha256=attached.sha256,
        made_from=attached.made_from,
        kept_at=None if attached.sha256 is None else now,
        try_at=now if attached.sha256 is None else None,
        added_by_id=by.person_id,
        added_by=by.name,
        added_by_slack=by.slack_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    note(session, row, "attached", by=by.name, now=now)
    return row


def standing_documents(session: Session, record: str) -> list[Attached]:
    """Return the documents behind a record, so that the record that corrects it can have them, too."""
    standing = Document.record == record, Document.withdrawn_at.is_(None), Document.refused_because.is_(None)
    kind, number = record_number(record)
    year = session.get(AnnualReport, number) if kind == "report" else None
    last = None if year is None else year.period_end
    return [
        Attached(row.slack_file, row.name, row.size, row.sha256, row.made_from, row.alliance_id, last)
        for row in session.scalars(select(Document).where(*standing).order_by(Document.id))
    ]


def withdraw_document(session: Session, *, number: int, reason: str | None, by: Actor, now: datetime) -> Outcome:
    """Take a document away that was attached by mistake; its row and its bytes stay, and nobody gets them any more.

    Raises:
        Refused: There is no such document.
        AlreadyDone: It was taken away before.
        NotAllowed: No position of the person allows it.
    """
    row = session.get(Document, number)
    if row is None:
        raise Refused("This document is not on record.")
    open_alliance(session, row.alliance_id, by=by, verb=Verb.PREPARE, now=now)
    session.refresh(row)
    if row.withdrawn_at is not None:
        raise AlreadyDone(f"{row.withdrawn_by} took this document away before; nothing changed.")
    _withdraw(session, row, reason, by=by, now=now)
    return recheck(session, row.alliance_id, by=by, now=now, record=f"{RECORD}:{number}")


def withdraw_documents_of(session: Session, record: str, reason: str | None, *, by: Actor, now: datetime) -> None:
    """Take away what stands behind a record that was withdrawn."""
    standing = select(Document).where(Document.record == record, Document.withdrawn_at.is_(None)).order_by(Document.id)
    for row in session.scalars(standing):
        _withdraw(session, row, reason or "its record was undone", by=by, now=now)


def _withdraw(session: Session, row: Document, reason: str | None, *, by: Actor, now: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = now, by.name, reason
    note(session, row, "withdrawn", by=by.name, now=now)


def note(session: Session, row: Document, what: str, *, by: str, now: datetime) -> None:
    """Tell the audit what became of a document."""
    names = ("record", "name", "size", "media_type", "sha256", "refused_because", "withdrawn_because")
    told = {name: value for name in names if (value := getattr(row, name)) is not None}
    subject, data = f"alliance:{row.alliance_id}", {RECORD: row.id} | told
    audit.record(session, at=now, actor=by, action=f"document:{what}", subject=subject, data=data)
