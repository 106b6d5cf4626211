"""Record what was recommended at the end of a term, and decided (CSP 04-01-002 IX.C.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import RenewalDecision
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Recommendation
from policy.rights import Verb
from policy.words import day as spelled


def decide_renewal(
    session: Session,
    *,
    alliance_id: int,
    agreement_id: int,
    recommendation: Recommendation,
    reasons: str,
    recommended_on: date,
    decided_on: date | None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the recommendation for the term of one agreement; the decision may follow.

    Raises:
        Refused: A day is impossible, or the agreement is not one of this alliance.
        AlreadyDone: The decision is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.DECIDE_RENEWAL, now=now)
    if agreement_id not in {agreement.id for agreement in opened.of.facts.agreements}:
        raise Refused("This term is no longer on record; open the form again.")
    refuse_impossible_day(opened, recommended_on, field="recommended_on", what="a recommendation")
    if decided_on is not None:
        refuse_impossible_day(opened, decided_on, field="decided_on", what="a decision")
        if decided_on < recommended_on:
            raise Refused(
                f"The decision cannot lie before the recommendation of {spelled(recommended_on)}.",
                field="decided_on",
            )
    decision = session.scalar(select(RenewalDecision).where(RenewalDecision.agreement_id == agreement_id))
    if decision is not None and decision.decided_on is not None:
        raise AlreadyDone(
            f"The decision of {spelled(decision.decided_on)} ({decision.recommendation}) is already on record "
            "for this term.",
            field="decided_on",
        )
    if decision is None:
        decision = RenewalDecision(alliance_id=alliance_id, agreement_id=agreement_id)
        session.add(decision)
    decision.recommendation, decision.reasons = recommendation.value, reasons
    decision.recommended_on, decision.decided_on = recommended_on, decided_on
    decision.decided_by = by.name if decided_on is not None else None
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="renewal:decided" if decided_on is not None else "renewal:recommended",
        subject=opened.subject,
        data={
            "agreement": agreement_id,
            "recommendation": recommendation.value,
            "reasons": reasons,
            "recommended_on": recommended_on,
            "decided_on": decided_on,
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"decision:{decision.id}")
