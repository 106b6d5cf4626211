"""Record that a draft national agreement was sent out for comment (CSP 04-01-002 VIII.A.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Level
from policy.rights import Verb
from policy.words import listing

#: Whose Regional Administrators and directorate heads comment.
ASKED_KINDS = ("region", "directorate")


def ask_comments(
    session: Session, *, alliance_id: int, office_codes: Sequence[str], asked_on: date, by: Actor, now: datetime
) -> Outcome:
    """Record which regions and directorates were asked on a local day; one that is being asked is left out.

    Raises:
        Refused: The alliance is not a national one, the day is to come, or an office is no region or directorate.
        AlreadyDone: Each of these offices is being asked already.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.ASK_COMMENTS, now=now)
    if opened.of.facts.level is not Level.NATIONAL:
        raise Refused("Comments are asked on draft agreements of national alliances.")
    if opened.of.facts.ending is not None:
        raise Refused(f"{opened.row.name} has ended: there is no draft to comment on.")
    refuse_day_to_come(opened, asked_on, field="asked_on", what="a request")
    offices = session.scalars(select(Office).where(Office.code.in_(office_codes)).order_by(Office.name)).all()
    wrong = [office.name for office in offices if office.kind not in ASKED_KINDS]
    if wrong or not offices:
        raise Refused(
            f"Choose regions and directorates{f': {listing(wrong)} is neither' if wrong else ''}.", field="offices"
        )
    asked = set(
        session.scalars(
            select(CommentRequest.office_id).where(
                CommentRequest.alliance_id == alliance_id,
                (CommentRequest.answered_on.is_(None)) | (CommentRequest.asked_on == asked_on),
            )
        )
    )
    asking = [office for office in offices if office.id not in asked]
    if not asking:
        raise AlreadyDone("Each of these offices is being asked already, or was on that day.", field="offices")
    session.add_all(
        CommentRequest(alliance_id=alliance_id, office_id=office.id, asked_on=asked_on) for office in asking
    )
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="comments:asked",
        subject=opened.subject,
        data={"offices": [office.code for office in asking], "asked_on": asked_on},
    )
    return recheck(session, alliance_id, by=by, now=now, record="comments:asked")
