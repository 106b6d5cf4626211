"""Conclude an alliance, by mutual agreement or by OSHA after an evaluation (CSP 04-01-002 IX.C, FAQ F-11)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models import audit
from models.alliances import Ending
from operations.actor import Actor
from operations.conclude.refuse_before_renewal import refuse_before_renewal
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import EndingKind
from policy.rights import Verb
from policy.words import day as spelled


class Reason(StrEnum):
    """Why an alliance may be concluded (CSP 04-01-002 IX.C, reasons 1 to 4)."""

    GOALS = "goals not met"
    STRATEGY = "strategic change"
    RESOURCES = "lack of resources"
    MUTUAL = "mutual completion"


class Way(StrEnum):
    """How an alliance is concluded without a 30-day notice."""

    MUTUAL = "by mutual agreement"
    EVALUATION = "by OSHA after an evaluation"


def conclude_alliance(
    session: Session,
    *,
    alliance_id: int,
    ended_on: date,
    reason: Reason,
    way: Way,
    explanation: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the end of an alliance on a local day; a 30-day notice is recorded and settled instead.

    Raises:
        Refused: The day is impossible, or OSHA concludes without an evaluation of the running term.
        AlreadyDone: The alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.END_ALLIANCE, now=now)
    refuse_ended(opened, field="ended_on")
    refuse_impossible_day(opened, ended_on, field="ended_on", what="the end of an alliance")
    refuse_before_renewal(opened, ended_on, field="ended_on")
    if way is Way.EVALUATION:
        _refuse_without_evaluation(opened, reason, ended_on)
    session.add(
        Ending(
            alliance_id=alliance_id,
            kind=EndingKind.CONCLUDED.value,
            ended_on=ended_on,
            reason=f"{reason.value}, {way.value}: {explanation}",
        )
    )
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="alliance:concluded",
        subject=opened.subject,
        data={"ended_on": ended_on, "reason": reason.value, "way": way.value, "explanation": explanation},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"ending:{alliance_id}")


def _refuse_without_evaluation(opened: Opened, reason: Reason, ended_on: date) -> None:
    if reason is Reason.MUTUAL:
        raise Refused(
            "A mutual completion is concluded by mutual agreement; choose that, or another reason.", field="way"
        )
    facts = opened.of.facts
    term_began = max(a.signed_on for a in facts.agreements if a.signed_on <= ended_on)
    if not any(term_began <= evaluation.evaluated_on <= ended_on for evaluation in facts.evaluations):
        raise Refused(
            f"OSHA concludes without a 30-day notice on the basis of an evaluation (FAQ F-11), and none is on record "
            f"from {spelled(term_began)} to {spelled(ended_on)}. Record it with /alliance evaluate, or give notice "
            "with /alliance notice.",
            field="way",
        )
