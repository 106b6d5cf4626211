"""The steps of the procedure from a proposal to a signed agreement, and after it."""

from __future__ import annotations

from enum import StrEnum


class ProcedureStep(StrEnum):
    """A step that gates may stop."""

    EVALUATE = "evaluate"
    APPROVE = "approve"
    DRAFT = "draft"
    SOLICITOR_REVIEW = "Solicitor review"
    SIGN = "sign"
    PUBLISH = "publish"
    RENEW = "renew"


#: From the proposal to the signature, in order; a level without gates before a step passes it freely.
ESTABLISHING = (
    ProcedureStep.EVALUATE,
    ProcedureStep.APPROVE,
    ProcedureStep.DRAFT,
    ProcedureStep.SOLICITOR_REVIEW,
    ProcedureStep.SIGN,
)


def steps_through(step: ProcedureStep, *, renewal: bool) -> tuple[ProcedureStep, ...]:
    """Give the steps whose gates must be closed before a step: its own, and those of the steps before it.

    A renewal begins with the decision to renew. Publishing a product, and deciding on a renewal, stand alone.
    """
    if step not in ESTABLISHING:
        return (step,)
    through = ESTABLISHING[: ESTABLISHING.index(step) + 1]
    return (ProcedureStep.RENEW, *through) if renewal else through
