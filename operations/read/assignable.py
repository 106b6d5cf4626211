"""Who can be given a duty: people who record at its office, or at one above or below."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office, Person, Position
from operations.actor import identify_all, office_line, offices_below
from policy.rights import RIGHTS, Role, Verb


def find_assignable(
    session: Session, obligation_id: uuid.UUID, words: str = "", *, now: datetime
) -> list[tuple[int, str]]:
    """List (id, label) of the people whose name, position or office holds the words: the duty's own office first.

    A label is the name, with whom a designee acts for, then position and office.
    """
    office = session.scalar(
        select(Office).join(Obligation, Obligation.office_id == Office.id).where(Obligation.id == obligation_id)
    )
    if office is None:
        return []
    line = office_line(session, office.id)
    rows = session.execute(
        select(Person, Position.role, Office)
        .join(Position, Position.person_id == Person.id)
        .join(Office, Office.id == Position.office_id)
        .where(
            Office.code.in_({*line, *offices_below(session, office.code)}),
            Position.role.in_(_RECORDING),
            or_(*(c.icontains(words.strip(), autoescape=True) for c in (Person.name, Position.role, Office.name))),
        )
        .order_by(Person.name, Person.id, Position.id)
    )
    found = rows.all()
    actors = identify_all(session, [person for person, _, _ in found], now=now)
    labels: dict[int, tuple[int, str]] = {}
    for person, role, at in found:
        by = actors[person.id]
        if any(p.role == role and p.office_code == at.code for p in by.positions):
            distance = line.index(at.code) if at.code in line else len(line)
            labels.setdefault(person.id, (distance, f"{by.name}, {role}, {at.name}"))
    nearest = sorted(labels.items(), key=lambda label: label[1])
    return [(id, label) for id, (_, label) in nearest]


#: Positions that may record; a directorate answers with comments.
_RECORDING = [role.value for role in Role if Verb.COMMENT in RIGHTS[role]]
