"""What a person's own digest shows."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.digests import Digest
from models.duties import Obligation
from models.offices import Office, Person
from operations.actor import Actor, offices_below
from operations.read.approvals import who_decides
from operations.read.reach import reach
from operations.read.requests import asked_of, waiting_for
from policy.duties import Modality
from policy.own_digest import LeavesOut, is_left_out


def duties_of_person(
    session: Session, by: Actor, leaves_out: Collection[str], today: date, *, now: datetime
) -> list[uuid.UUID]:
    """List the unsettled duties that are assigned to a person or wait for their decision, and those of their offices.

    What waits for a decision is never left out. They are as the rules were last checked.
    """
    out = frozenset(leaves_out)
    to_decide = [row.id for row in waiting_for(session, by.slack_id or "", now=now)]
    mine: list[ColumnElement[bool]] = [Obligation.assigned_to_id == by.person_id]
    if LeavesOut.OFFICES not in out:
        mine += [_of_office(session, code, own_only=top) for code, top in reach(session, by)]
    rows = session.scalars(
        select(Obligation)
        .where(or_(*mine), Obligation.settled.is_(None), Obligation.modality != Modality.PERMISSION)
        .order_by(Obligation.due_on, Obligation.id)
    )
    wanted = [row.id for row in rows if not is_left_out(out, row.due_on, row.basis, row.modality, today)]
    return list(dict.fromkeys([*to_decide, *wanted]))


def people_with_something(session: Session, *, now: datetime) -> set[int]:
    """List the ids of the people who may have something of their own to hear of; everybody else has nothing.

    For those who go through the hours of hundreds of people, and read what is asked and assigned once for all.
    """
    asked = set[str]().union(*(people for _, people in asked_of(session, now=now)), who_decides(session, now=now))
    assigned = select(Obligation.assigned_to_id).where(
        Obligation.assigned_to_id.is_not(None), Obligation.settled.is_(None)
    )
    anyhow = select(Digest.person_id).where(~Digest.leaves_out.contains([LeavesOut.OFFICES]))
    wanted = or_(Person.id.in_(assigned), Person.id.in_(anyhow), Person.slack_id.in_(asked))
    return set(session.scalars(select(Person.id).where(wanted)))


def _of_office(session: Session, code: str, *, own_only: bool) -> ColumnElement[bool]:
    """Say which duties are an office's; unless `own_only`, those of the offices below are its own, too."""
    codes = {code} if own_only else offices_below(session, code)
    offices = select(Office.id).where(Office.code.in_(codes))
    led = select(AllianceOffice.alliance_id).where(AllianceOffice.office_id.in_(offices))
    return or_(Obligation.office_id.in_(offices), Obligation.alliance_id.in_(led))
