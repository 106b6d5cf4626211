"""Record the yearly evaluation, its discussion with the participants, and what it recommends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import Field, create_model

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.mark_fields import fill_marks, hidden_marks, mark_field, mark_fields, note_field, read_marks
from bot.years import year_draft
from operations.operate.record_evaluation import record_evaluation
from operations.read.begun import evaluation_begun
from operations.refusals import Refused
from policy.editions import edition_on
from policy.facts import Recommendation
from policy.rights import Verb
from policy.words import count, day


def _fields() -> Iterator[tuple[str, Any]]:
    yield "period_end", (Annotated[date, Ask(offered=True)], Field(title="Agreement year evaluated"))
    yield "evaluated_on", (date, Field(title="Date of the evaluation"))
    yield (
        "findings",
        (
            Annotated[str, Ask(multiline=True)],
            Field(
                title="Findings",
                max_length=3000,
                description="Performance and impacts against the goals and the work plan.",
            ),
        ),
    )
    yield from mark_fields()
    yield (
        "discussed_on",
        (
            date | None,
            Field(
                default=None,
                title="Date discussed with the participants",
                description="Leave it empty if it was not discussed yet: the duty stays open until it is.",
            ),
        ),
    )
    yield (
        "discussion",
        (
            Annotated[str | None, Ask(multiline=True)],
            Field(default=None, title="What the participants said", max_length=2000),
        ),
    )
    yield (
        "recommendation",
        (
            Annotated[Recommendation | None, Ask()],
            Field(
                default=None,
                title="Recommendation to management",
                description="At the end of a term, or sooner where the findings ask for it (IX.C.3).",
            ),
        ),
    )
    yield (
        "reasons",
        (
            Annotated[str | None, Ask(multiline=True)],
            Field(default=None, title="Reasons for the recommendation", max_length=2000),
        ),
    )
    yield "files", (FilesField, files_field())


#: The evaluation of one agreement year (CSP 04-01-002 IX.C.1-3).
RecordEvaluation: Any = create_model("RecordEvaluation", __base__=AllianceForm, **dict(_fields()))


def _open(opening: Opening) -> Draft:
    draft = year_draft(
        opening,
        "evaluation",
        "no evaluation is due; one is asked for in each agreement year.",
        recorded="the evaluation of the year to {year} is on record as discussed on {on}.",
    )
    period_end = date.fromisoformat(draft.values["period_end"])
    signed = [a.signed_on for a in opening.about.of.facts.agreements if a.signed_on <= period_end]
    draft.hidden = hidden_marks(edition_on(max(signed, default=period_end)))
    begun = evaluation_begun(opening.session, opening.about.id, period_end)
    if begun is not None:
        draft.values |= {
            "evaluated_on": begun.evaluated_on,
            "findings": begun.findings,
            "recommendation": begun.recommendation,
            "reasons": begun.reasons,
        } | fill_marks(begun.marks)
    return draft


def _submit(submitting: Submitting, typed: Any) -> Done:
    marks = read_marks(typed.model_dump())
    try:
        outcome = record_evaluation(
            submitting.session,
            alliance_id=typed.alliance,
            period_end=typed.period_end,
            evaluated_on=typed.evaluated_on,
            discussed_on=typed.discussed_on,
            findings=typed.findings,
            marks=marks,
            discussion=typed.discussion,
            recommendation=typed.recommendation,
            reasons=typed.reasons,
            by=submitting.by,
            now=submitting.now,
        )
    except Refused as refused:
        kind, _, criterion = (refused.field or "").partition(":")
        if criterion:
            # The operation knows criteria, the form its fields.
            refused.field = {"mark": mark_field, "note": note_field}[kind](criterion)
        raise
    discussed = (
        "The duty stays open until the discussion with the participants is recorded: open this form again then."
        if typed.discussed_on is None
        else f"It was discussed with the participants on {full_day(typed.discussed_on)}."
    )
    marked = f", with {count(len(marks), 'mark')}" if marks else ""
    recommends = (
        "" if typed.recommendation is None else f" Recommended to management: {Recommendation(typed.recommendation)}."
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: evaluation of the year to {day(typed.period_end)} on "
        f"{full_day(typed.evaluated_on)}{marked}. {discussed}{recommends}",
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
