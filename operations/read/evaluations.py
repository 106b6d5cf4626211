"""Read the yearly evaluations of an alliance with their marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.work import Evaluation
from operations.operate.record_evaluation import Marked
from operations.read.begun import marks_of


@dataclass(frozen=True, slots=True)
class EvaluationShown:
    """An evaluation as it stands on record."""

    id: int
    period_end: date
    evaluated_on: date
    discussed_on: date | None
    findings: str
    #: By the id of a criterion of `policy.evaluation_marks`.
    marks: dict[str, Marked]
    discussion: str | None
    recommendation: str | None
    reasons: str | None


def read_evaluations(session: Session, alliance_id: int) -> tuple[EvaluationShown, ...]:
    """Read the evaluations of an alliance, the latest first."""
    rows = session.scalars(
        select(Evaluation).where(Evaluation.alliance_id == alliance_id).order_by(Evaluation.period_end.desc())
    )
    return tuple(
        EvaluationShown(
            row.id,
            row.period_end,
            row.evaluated_on,
            row.discussed_on,
            row.findings,
            marks_of(row),
            row.discussion,
            row.recommendation,
            row.reasons,
        )
        for row in rows
    )
