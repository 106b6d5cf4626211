"""Give a document out to somebody who may have it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.documents import Document
from operations.actor import Actor, require_somewhere
from operations.gather_facts import gather
from operations.read.documents import DocumentShown, shown_document
from operations.records.attach_document import RECORD
from operations.refusals import Refused
from policy.rights import Verb


def get_document(session: Session, *, document_id: int, by: Actor, now: datetime) -> DocumentShown:
    """Return a document that may be handed to this person; the audit keeps who got it.

    Raises:
        Refused: It is not on record, is not kept, or was taken away.
        NotAllowed: The person holds no position.
    """
    require_somewhere(by, Verb.VIEW)
    row = session.get(Document, document_id)
    if row is None:
        raise Refused("This document is not on record.")
    shown = shown_document(row, gather(session, [row.alliance_id])[0].timezone)
    if shown.not_there is not None:
        raise Refused(shown.not_there)
    subject, data = f"alliance:{row.alliance_id}", {RECORD: row.id, "name": row.name, "sha256": row.sha256}
    audit.record(session, at=now, actor=by.name, action="document:given", subject=subject, data=data)
    return shown
