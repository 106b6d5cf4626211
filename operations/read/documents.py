"""The documents behind the records of an alliance, by name; `operations.records.get_document` gives one out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.documents import Document
from operations.approve.ended_words import moment

#: What a sentence calls the records behind which documents stand, beside those that can be undone by that name.
_NOUNS = {
    "report": "submitted annual report",
    "approval-decision": "decision on paper",
    "gate": "record for the gates",
    "agreement": "signed agreement",
    "notice": "30-day notice",
    "ending": "Ambassador document",
    "fulfilment": "record that a duty was done",
    "activity": "activity",
    "answer": "comment on the draft",
    "decision": "renewal decision",
    "evaluation": "evaluation",
    "handover": "hand-over of an annual report",
    "held-instead": "meeting",
    "meeting": "meeting",
    "milestone": "milestone",
    "outcome": "outcome of a notice",
    "plan-version": "work plan",
    "posting": "posting of an annual report",
    "told": "notice of an activity",
}


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document as it is listed."""

    id: int
    alliance_id: int
    record: str
    #: What the record is, in words.
    stands_behind: str
    name: str
    #: Bytes.
    size: int
    sha256: str | None
    added_by: str
    #: On the clock of the lead office.
    added_at: str
    #: Why nobody gets it, in a sentence; None where it can be had.
    not_there: str | None


def list_documents(session: Session, alliance_id: int, *, timezone: str) -> list[DocumentShown]:
    """List what stands behind the records of an alliance, the latest first; moments on the clock of a time zone."""
    rows = session.scalars(select(Document).where(Document.alliance_id == alliance_id).order_by(Document.id.desc()))
    return [shown_document(row, timezone) for row in rows]


def shown_document(row: Document, timezone: str) -> DocumentShown:
    """Return a document as it is listed, with moments on that clock."""
    not_there = None
    if row.withdrawn_at is not None:
        why = f" ({row.withdrawn_because})" if row.withdrawn_because else ""
        not_there = f"{row.name} was taken away by {row.withdrawn_by} on {moment(row.withdrawn_at, timezone)}{why}."
    elif row.refused_because is not None:
        not_there = f"{row.name} is not kept: {row.refused_because}"
    elif row.made_from is not None:
        not_there = f"{row.name} is still being made; try again in a minute."
    elif row.sha256 is None:
        not_there = f"{row.name} is still being fetched from Slack; try again in a minute."
    return DocumentShown(
        id=row.id,
        alliance_id=row.alliance_id,
        record=row.record,
        stands_behind=_NOUNS.get(row.record.partition(":")[0], "record"),
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        added_by=row.added_by,
        added_at=moment(row.added_at, timezone),
        not_there=not_there,
    )


def documents_behind(session: Session, record: str) -> tuple[str, ...]:
    """Return the names of the documents that stand behind a record."""
    standing = Document.record == record, Document.withdrawn_at.is_(None), Document.refused_because.is_(None)
    return tuple(session.scalars(select(Document.name).where(*standing).order_by(Document.id)))
