"""What is on record of something that a later entry completes: an evaluation, a recommendation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import RenewalDecision
from models.work import Evaluation
from operations.operate.record_evaluation import Marked
from policy.evaluation_marks import Mark
from policy.facts import Recommendation


@dataclass(frozen=True, slots=True)
class EvaluationBegun:
    """An evaluation that was not discussed yet."""

    evaluated_on: date
    findings: str
    marks: dict[str, Marked]
    recommendation: str | None
    reasons: str | None


@dataclass(frozen=True, slots=True)
class DecisionBegun:
    """A recommendation that was not decided on yet."""

    recommendation: str
    reasons: str
    recommended_on: date
    extended_until: date | None
    expectations: str | None


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A decision on a term."""

    recommendation: str
    decided_on: date


def evaluation_begun(session: Session, alliance_id: int, period_end: date) -> EvaluationBegun | None:
    """Return the evaluation of an agreement year that waits for its discussion; None when there is none."""
    row = session.scalar(
        select(Evaluation).where(
            Evaluation.alliance_id == alliance_id,
            Evaluation.period_end == period_end,
            Evaluation.discussed_on.is_(None),
        )
    )
    if row is None:
        return None
    return EvaluationBegun(row.evaluated_on, row.findings, marks_of(row), row.recommendation, row.reasons)


def marks_of(row: Evaluation) -> dict[str, Marked]:
    """Return the marks of an evaluation by criterion."""
    return {
        criterion: Marked(None if kept["mark"] is None else Mark(kept["mark"]), kept["note"])
        for criterion, kept in row.marks.items()
    }


def recommended(session: Session, alliance_id: int, since: date) -> tuple[str, str] | None:
    """Return what the latest evaluation from a day on recommends, with its reasons; None when it recommends nothing."""
    row = session.execute(
        select(Evaluation.recommendation, Evaluation.reasons)
        .where(
            Evaluation.alliance_id == alliance_id,
            Evaluation.evaluated_on >= since,
            Evaluation.recommendation.is_not(None),
        )
        .order_by(Evaluation.evaluated_on.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.recommendation or "", row.reasons or "")


def decision_begun(session: Session, agreement_id: int) -> DecisionBegun | None:
    """Return the recommendation for a term that waits for its decision; None when there is none."""
    row = session.scalar(
        select(RenewalDecision).where(
            RenewalDecision.agreement_id == agreement_id, RenewalDecision.decided_on.is_(None)
        )
    )
    if row is None:
        return None
    return DecisionBegun(row.recommendation, row.reasons, row.recommended_on, row.extended_until, row.expectations)


def decision_made(session: Session, agreement_id: int) -> DecisionMade | None:
    """Return the last decision on a term; None while there is none, or only conditional extensions."""
    row = session.scalar(
        select(RenewalDecision).where(
            RenewalDecision.agreement_id == agreement_id,
            RenewalDecision.recommendation != Recommendation.EXTEND.value,
        )
    )
    return None if row is None or row.decided_on is None else DecisionMade(row.recommendation, row.decided_on)
