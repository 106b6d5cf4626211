"""Record that an organization joined an alliance that others had signed before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Signatory
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def add_signatory(
    session: Session, *, alliance_id: int, name: str, joined_on: date, by: Actor, now: datetime
) -> Outcome:
    """Record a signatory that joined on the day of its signature; the alliance's dates stay as they are.

    Raises:
        Refused: The name is empty or another's, or the day is impossible or the alliance has ended.
        AlreadyDone: It takes part already.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.SIGN, now=now)
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter the name of the organization.", field="name")
    if opened.of.facts.ending is not None:
        raise Refused(f"{opened.row.name} ended on {spelled(opened.of.facts.ending.ended_on)}; nobody can join it.")
    refuse_impossible_day(opened, joined_on, field="joined_on", what="a signature")
    known = session.scalar(
        select(Signatory).where(Signatory.alliance_id == alliance_id, func.lower(Signatory.name) == name.lower())
    )
    if known is not None and known.left_on is None:
        raise AlreadyDone(f"{known.name} takes part already.", field="name")
    if known is not None and known.left_on is not None:
        raise Refused(
            f"{known.name} left on {spelled(known.left_on)}; tell its second time apart by name, such as "
            f"“{known.name} ({joined_on.year})”.",
            field="name",
        )
    row = Signatory(alliance_id=alliance_id, name=name, joined_on=joined_on)
    session.add(row)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="signatory:added",
        subject=opened.subject,
        data={"signatory": row.id, "name": name, "joined_on": joined_on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"signatory:{row.id}")
