"""Remember which pictures stand in Slack already, by what they show."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.documents import UploadedPicture


def find_picture(session: Session, sha256: str) -> str | None:
    """Return Slack's id of the file that shows this; None where it was not uploaded."""
    found = session.get(UploadedPicture, sha256)
    return None if found is None else found.slack_file


def keep_picture(session: Session, sha256: str, slack_file: str, *, now: datetime) -> None:
    """Remember the file that shows this; of two uploaded at once the later one counts."""
    told = {"slack_file": slack_file, "uploaded_at": now}
    made = insert(UploadedPicture).values(sha256=sha256, **told)
    session.execute(made.on_conflict_do_update(index_elements=[UploadedPicture.sha256], set_=told))


def forget_picture(session: Session, sha256: str) -> None:
    """Forget a file that Slack has no more."""
    found = session.get(UploadedPicture, sha256)
    if found is not None:
        session.delete(found)
