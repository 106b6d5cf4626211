"""Do what a form asks once, however often it is submitted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.duties import Submission
from operations.actor import Actor


def claim_submission(session: Session, key: str, *, by: Actor, now: datetime) -> str | None:
    """Claim a form's key for this transaction; return the earlier answer when it was submitted before.

    A second Submit that comes while the first is still at work waits for it here.
    """
    claimed = session.scalar(
        insert(Submission)
        .values(key=key, at=now, by=by.name, answer="")
        .on_conflict_do_nothing()
        .returning(Submission.key)
    )
    if claimed is not None:
        return None
    return session.scalar(select(Submission.answer).where(Submission.key == key)) or ""


def note_answer(session: Session, key: str, answer: str) -> None:
    """Keep what the person was told, for the second Submit."""
    session.get_one(Submission, key).answer = answer
