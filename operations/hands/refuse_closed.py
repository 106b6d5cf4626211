"""Refuse what is meant for an office that is closed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.offices import Office
from operations.refusals import Refused


def refuse_closed(session: Session, office: Office, *, field: str) -> None:
    """Let pass an office that is not closed.

    Raises:
        Refused: It is; the sentence names the one that took over.
    """
    if office.successor_id is not None:
        successor = session.get_one(Office, office.successor_id)
        raise Refused(f"{office.name} is closed; {successor.name} took over from it.", field=field)
