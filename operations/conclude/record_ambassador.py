"""Record the Ambassador document, which ends the agreement on its date (FAQ F-1, F-12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import Ending
from operations.actor import Actor
from operations.conclude.refuse_before_renewal import refuse_before_renewal
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, recheck
from policy.check import check
from policy.editions import CSP_2020
from policy.facts import Ending as EndingFact
from policy.facts import EndingKind, Level
from policy.rights import Verb
from policy.rules import RULES
from policy.rules.ambassador_eligible import RULE
from policy.words import day as spelled


def record_ambassador(
    session: Session, *, alliance_id: int, document_on: date, remarks: str | None = None, by: Actor, now: datetime
) -> Outcome:
    """Record the document of a local day: the alliance is an Ambassador from then on and owes no more reports.

    Raises:
        Refused: The day is impossible, the alliance is not eligible, or its office switched the option off.
        AlreadyDone: The alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.END_ALLIANCE, now=now)
    refuse_ended(opened, field="on")
    refuse_impossible_day(opened, document_on, field="on", what="an Ambassador document")
    _refuse_not_eligible(opened, document_on)
    refuse_before_renewal(opened, document_on, field="on")
    reason = f"Ambassador document of {spelled(document_on)}"
    session.add(
        Ending(
            alliance_id=alliance_id,
            kind=EndingKind.AMBASSADOR.value,
            ended_on=document_on,
            reason=f"{reason}: {remarks}" if remarks else reason,
        )
    )
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="alliance:became-ambassador",
        subject=opened.subject,
        data={"document_on": document_on, "remarks": remarks},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"ending:{alliance_id}")


def _refuse_not_eligible(opened: Opened, on: date) -> None:
    """Ask the rule whether it would be eligible if this document ended it: that completes a running renewal."""
    facts = opened.of.facts
    if not facts.ambassador_option and facts.level is not Level.NATIONAL:
        raise Refused(
            f"{opened.of.office_name} does not offer Ambassador status: the option is switched off (FAQ F-12)."
        )
    if on < CSP_2020.in_force_from:
        raise Refused(
            f"Ambassador status exists since {spelled(CSP_2020.in_force_from)} ({CSP_2020.name}).", field="on"
        )
    ended = replace(facts, ending=EndingFact(EndingKind.AMBASSADOR, on, "asked"))
    if not check(ended, on, {RULE: RULES[RULE]}):
        raise Refused(
            f"{facts.name} may become an Ambassador once its initial agreement and one renewal are completed; no "
            f"renewal is on record that was signed by {spelled(on)} (FAQ F-1, F-12)."
        )
