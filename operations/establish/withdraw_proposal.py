"""Withdraw a proposal that is not pursued; it stays on record with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import Ending
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.revise_proposal import refuse_signed
from operations.records.open_alliance import open_alliance
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import EndingKind
from policy.rights import Verb


def withdraw_proposal(session: Session, *, alliance_id: int, reason: str, by: Actor, now: datetime) -> Outcome:
    """Record that a proposal is not pursued from today on, a local day of the lead office.

    Raises:
        Refused: No reason is given, or the alliance is signed.
        AlreadyDone: It was withdrawn.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PROPOSE, now=now)
    refuse_ended(opened)
    refuse_signed(opened)
    reason = reason.strip()
    if not reason:
        raise Refused("Say why the proposal is not pursued.", field="reason")
    session.add(Ending(alliance_id=alliance_id, kind=EndingKind.WITHDRAWN.value, ended_on=opened.today, reason=reason))
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="proposal:withdrawn",
        subject=opened.subject,
        data={"withdrawn_on": opened.today, "reason": reason},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"ending:{alliance_id}")
