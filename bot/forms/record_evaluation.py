"""Record the yearly evaluation and its discussion with the participants."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.years import year_draft
from operations.operate.record_evaluation import record_evaluation
from operations.read.begun import evaluation_begun
from policy.rights import Verb
from policy.words import day


class RecordEvaluation(AllianceForm):
    """The evaluation of one agreement year (CSP 04-01-002 IX.C.1-2)."""

    period_end: Annotated[date, Ask(offered=True)] = Field(title="Agreement year evaluated")
    evaluated_on: date = Field(title="Date of the evaluation")
    discussed_on: date | None = Field(
        None,
        title="Date discussed with the participants",
        description="Leave it empty if it was not discussed yet: the duty stays open until it is.",
    )
    findings: Annotated[str, Ask(multiline=True)] = Field(
        title="Findings",
        max_length=3000,
        description="Performance and impacts against the goals and the work plan.",
    )


def _open(opening: Opening) -> Draft:
    draft = year_draft(
        opening,
        "evaluation",
        "no evaluation is due; one is asked for in each agreement year.",
        recorded="the evaluation of the year to {year} is on record as discussed on {on}.",
    )
    begun = evaluation_begun(opening.session, opening.about.id, date.fromisoformat(draft.values["period_end"]))
    if begun is not None:
        draft.values |= {"evaluated_on": begun.evaluated_on, "findings": begun.findings}
    return draft


def _submit(submitting: Submitting, typed: RecordEvaluation) -> Done:
    outcome = record_evaluation(
        submitting.session,
        alliance_id=typed.alliance,
        period_end=typed.period_end,
        evaluated_on=typed.evaluated_on,
        discussed_on=typed.discussed_on,
        findings=typed.findings,
        by=submitting.by,
        now=submitting.now,
    )
    discussed = (
        "The duty stays open until the discussion with the participants is recorded: open this form again then."
        if typed.discussed_on is None
        else f"It was discussed with the participants on {full_day(typed.discussed_on)}."
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: evaluation of the year to {day(typed.period_end)} on "
        f"{full_day(typed.evaluated_on)}. {discussed}",
        undoable=True,
    )


FORM = Form(
    name="record_evaluation",
    title="Record an evaluation",
    model=RecordEvaluation,
    verb=Verb.EVALUATE,
    open=_open,
    submit=_submit,
)
