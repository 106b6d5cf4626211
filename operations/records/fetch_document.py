"""The documents that are still to be made, or fetched from Slack: which, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from models.documents import Document
from operations.records.attach_document import note

#: Who fetches, as the audit names it.
FETCHER = "document fetcher"
#: How often it is tried, and the time after the first try; each next one doubles it.
MOST_TRIES = 10
FIRST_PAUSE = timedelta(seconds=30)
#: A try that takes longer than this was given up with its process.
TRY_WITHIN = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A document to be made or fetched."""

    id: int
    name: str
    slack_file: str
    #: What it is to be made from; None where it is to be fetched.
    made_from: str | None
    #: Slack's id of who attached it.
    added_by_slack: str | None
    tries: int
    added_at: datetime


def _waits() -> ColumnElement[bool]:
    return and_(Document.kept_at.is_(None), Document.refused_because.is_(None), Document.withdrawn_at.is_(None))


def awaited_documents(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of the documents whose turn it is to be made or fetched."""
    return list(session.scalars(select(Document.id).where(_waits(), Document.try_at <= now).order_by(Document.id)))


def take_document(session: Session, document_id: int, *, now: datetime) -> Awaited | None:
    """Claim a document for one try; None when it does not wait, or somebody else is at it."""
    row = session.scalar(
        select(Document)
        .where(Document.id == document_id, _waits(), Document.try_at <= now)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.tries += 1
    row.try_at = now + max(TRY_WITHIN, FIRST_PAUSE * 2 ** (row.tries - 1))
    return Awaited(row.id, row.name, row.slack_file, row.made_from, row.added_by_slack, row.tries, row.added_at)


def note_kept(session: Session, document_id: int, sha256: str, size: int, *, now: datetime) -> None:
    """Note that the bytes of a document, so many, lie in the store."""
    row = session.scalar(select(Document).where(Document.id == document_id, _waits()).with_for_update())
    if row is not None:
        row.sha256, row.size, row.kept_at, row.try_at, row.made_from = sha256, size, now, None, None
        note(session, row, "kept", by=FETCHER, now=now)


def note_refused(session: Session, document_id: int, sentence: str, *, now: datetime) -> None:
    """Note why a document is not kept."""
    row = session.scalar(select(Document).where(Document.id == document_id, _waits()).with_for_update())
    if row is not None:
        row.refused_because, row.try_at = sentence, None
        note(session, row, "refused", by=FETCHER, now=now)
