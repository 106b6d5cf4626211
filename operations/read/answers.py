"""What people answered to the reminders of duties: whom they are assigned to, and what is asked of officials."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Person
from operations.read.officials import Named
from operations.read.requests import Requested, read_requests


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to the reminders of one duty."""

    assigned_to: Named | None = None
    assigned_by: str | None = None
    assigned_note: str | None = None
    #: Open or declined.
    request: Requested | None = None


NOTHING = Answers()


def read_answers(session: Session, ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Answers]:
    """Read what was answered to these duties; those without an answer are left out."""
    if not ids:
        return {}
    rows = session.execute(_ASSIGNED, {"ids": list(ids)})
    answers = {
        row.id: Answers(Named(row.assigned_as or "", row.slack_id), row.assigned_by, row.assigned_note) for row in rows
    }
    for id, request in read_requests(session, ids, now=now).items():
        answers[id] = replace(answers.get(id, NOTHING), request=request)
    return answers


#: Made once, as it is asked for with every message.
_ASSIGNED = (
    select(Obligation.id, Obligation.assigned_as, Obligation.assigned_by, Obligation.assigned_note, Person.slack_id)
    .join(Person, Person.id == Obligation.assigned_to_id)
    .where(Obligation.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
