"""Record the yearly evaluation and its discussion with the participants (CSP 04-01-002 IX.C.1-2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.work import Evaluation
from operations.actor import Actor
from operations.records.open_alliance import (
    open_alliance,
    refuse_impossible_day,
    refuse_unknown_year,
)
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.rules.evaluation import RULE
from policy.words import day as spelled


def record_evaluation(
    session: Session,
    *,
    alliance_id: int,
    period_end: date,
    evaluated_on: date,
    discussed_on: date | None,
    findings: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the evaluation of the agreement year that ends on `period_end`; its discussion may follow.

    Raises:
        Refused: A day is impossible, the discussion lies before the evaluation, or there is no such year.
        AlreadyDone: The evaluation and its discussion are on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.EVALUATE, now=now)
    refuse_impossible_day(opened, evaluated_on, field="evaluated_on", what="an evaluation")
    if discussed_on is not None:
        refuse_impossible_day(opened, discussed_on, field="discussed_on", what="a discussion")
        if discussed_on < evaluated_on:
            raise Refused(
                f"The discussion cannot lie before the evaluation of {spelled(evaluated_on)}: "
                "the evaluation is what is discussed.",
                field="discussed_on",
            )
    evaluation = session.scalar(
        select(Evaluation).where(Evaluation.alliance_id == alliance_id, Evaluation.period_end == period_end)
    )
    if evaluation is not None and evaluation.discussed_on is not None:
        raise AlreadyDone(
            f"The evaluation of the year to {spelled(period_end)} and its discussion are already on record.",
            field="evaluated_on",
        )
    refuse_unknown_year(opened, period_end, rule=RULE)
    if evaluation is None:
        evaluation = Evaluation(alliance_id=alliance_id, period_end=period_end)
        session.add(evaluation)
    evaluation.evaluated_on, evaluation.discussed_on = evaluated_on, discussed_on
    evaluation.findings = findings
    evaluation.recorded_by_id, evaluation.recorded_at = by.person_id, now
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="evaluation:recorded",
        subject=opened.subject,
        data={
            "period_end": period_end,
            "evaluated_on": evaluated_on,
            "discussed_on": discussed_on,
            "findings": findings,
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"evaluation:{evaluation.id}")
