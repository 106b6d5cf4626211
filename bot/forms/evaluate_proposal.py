"""Record the evaluation of a proposal."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import escaped, safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.establish.evaluate_proposal import evaluate_proposal
from operations.read.procedure import next_words
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day


class EvaluateProposal(AllianceForm):
    """What was found of a proposal (CSP 04-01-002 IX.A.2, X)."""

    evaluated_on: date = Field(title="Date of the evaluation")
    evaluated_by: str | None = Field(None, title="Evaluated by", max_length=300, description="Empty if that is you.")
    findings: Annotated[str, Ask(multiline=True)] = Field(
        title="What was found",
        max_length=3000,
        description="Its value to the strategic goals of the Agency, and how it fits the directive (IX.A.2).",
    )
    shared_on: date | None = Field(None, title="Observations shared with the proponents on")


def _open(opening: Opening) -> Draft:
    about = opening.about
    agreements = about.of.facts.agreements
    if agreements:
        raise Refused(f"{about.name} was signed on {day(agreements[0].signed_on)}: it is no proposal any more.")
    return Draft(values={"evaluated_on": about.today})


def _submit(submitting: Submitting, typed: EvaluateProposal) -> Done:
    outcome = evaluate_proposal(
        submitting.session,
        alliance_id=typed.alliance,
        evaluated_on=typed.evaluated_on,
        evaluated_by=typed.evaluated_by or "",
        findings=typed.findings,
        shared_on=typed.shared_on,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: proposal evaluated on {full_day(typed.evaluated_on)}.",
        undoable=True,
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


FORM = Form(
    name="evaluate_proposal",
    title="Evaluate the proposal",
    model=EvaluateProposal,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
