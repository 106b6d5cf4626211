"""Record the yearly evaluation and its discussion with the participants (CSP 04-01-002 IX.C.1-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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
from policy.evaluation_marks import EVALUATED, EXPLAINED, Mark
from policy.facts import Recommendation
from policy.rights import Verb
from policy.rules.evaluation import RULE
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Marked:
    """How a criterion was met, and why."""

    mark: Mark | None
    note: str | None = None


def record_evaluation(
    session: Session,
    *,
    alliance_id: int,
    period_end: date,
    evaluated_on: date,
    discussed_on: date | None,
    findings: str,
    marks: Mapping[str, Marked] | None = None,
    discussion: str | None = None,
    recommendation: Recommendation | None = None,
    reasons: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the evaluation of the agreement year that ends on `period_end`; its discussion may follow.

    `marks` are by the id of a criterion of `policy.evaluation_marks`. What is recommended to management (IX.C.3) is
    where the decision at the end of the term begins.

    Raises:
        Refused: A day is impossible, the discussion lies before the evaluation, or there is no such year; or a mark
            has no note that needs one, or a recommendation no reasons.
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
    _refuse_unexplained(marks or {}, discussed_on, discussion, recommendation, reasons)
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
    evaluation.findings, evaluation.discussion = findings, discussion
    evaluation.marks = _kept(marks or {})
    evaluation.recommendation = None if recommendation is None else recommendation.value
    evaluation.reasons = reasons
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
            "marks": evaluation.marks,
            "discussion": discussion,
            "recommendation": evaluation.recommendation,
            "reasons": reasons,
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"evaluation:{evaluation.id}")


def _kept(marks: Mapping[str, Marked]) -> dict[str, Any]:
    return {
        criterion: {"mark": marked.mark and marked.mark.value, "note": marked.note}
        for criterion, marked in marks.items()
    }


def _refuse_unexplained(
    marks: Mapping[str, Marked],
    discussed_on: date | None,
    discussion: str | None,
    recommendation: Recommendation | None,
    reasons: str | None,
) -> None:
    titles = {one.id: one.title for one in EVALUATED}
    for criterion, marked in marks.items():
        if criterion not in titles:
            raise Refused(f"There is no criterion “{criterion}”; open the form again.")
        if marked.mark is None:
            raise Refused(f"Choose how “{titles[criterion]}” was met, beside its note.", field=f"mark:{criterion}")
        if marked.mark in EXPLAINED and not marked.note:
            raise Refused(f"Say why: “{titles[criterion]}” is marked “{marked.mark.value}”.", field=f"note:{criterion}")
    if discussion and discussed_on is None:
        raise Refused("Enter the day of the discussion.", field="discussed_on")
    if recommendation is not None and not reasons:
        raise Refused("Give the reasons for the recommendation (CSP 04-01-002 IX.C.3).", field="reasons")
    if reasons and recommendation is None:
        raise Refused("Choose what is recommended for these reasons.", field="recommendation")
