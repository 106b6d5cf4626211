"""Record the final work plan of an agreement year, or correct one that is on record."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    files_field,
)
from bot.plan_lines import read_activities, read_milestones, write_activities, write_milestones
from bot.years import FIRST, year_draft
from operations.operate.correct_work_plan import correct_work_plan
from operations.operate.plan_content import PlanContent
from operations.operate.record_work_plan import record_work_plan
from operations.read.work_plans import PlanShown, read_work_plans
from operations.refusals import Refused
from operations.remind.check_rules import Outcome
from policy.rights import Verb
from policy.words import count, day


class RecordWorkPlan(AllianceForm):
    """The work plan of one agreement year (CSP 04-01-002 VI.C)."""

    first: Annotated[date, Ask(offered=True)] = Field(title="Agreement year of the plan")
    finalized_on: date = Field(title="Date it was final", description="As a rule the day of the team's meeting.")
    summary: Annotated[str, Ask(multiline=True)] = Field(
        title="Goals, activities and products of the year",
        max_length=3000,
        description="What the alliance will complete.",
    )
    activities: Annotated[
        str | None,
        Ask(multiline=True, placeholder="Training on ladders; roofers; Ada Coordinator; 200 trained"),
    ] = Field(
        None,
        title="Activities, line by line",
        max_length=3000,
        description="One to a line: activity; audience; responsible person; metric (VI.C). What is not known is left "
        "empty.",
    )
    milestones: Annotated[
        str | None, Ask(multiline=True, placeholder="2027-03-15; Ada Coordinator; Poster on ladder safety")
    ] = Field(
        None,
        title="Milestones",
        max_length=3000,
        description="One to a line: date; person; what. The person is reminded of it, nobody above.",
    )
    reason: str | None = Field(
        None, title="Reason for the correction", max_length=500, description="What the plan said before stays readable."
    )
    files: FilesField = files_field()

    @field_validator("activities")
    @classmethod
    def activities_readable(cls, text: str | None) -> str | None:
        """Refuse lines that are no activities."""
        read_activities(text or "")
        return text

    @field_validator("milestones")
    @classmethod
    def readable(cls, text: str | None) -> str | None:
        """Refuse lines that are no milestones."""
        read_milestones(text or "")
        return text


def _open(opening: Opening) -> Draft:
    plans = {plan.first.isoformat(): plan for plan in read_work_plans(opening.session, opening.about.id)}
    chosen = plans.get(str(opening.values.get(FIRST)))
    if chosen is not None:
        return _correction(chosen)
    try:
        draft = year_draft(
            opening, "work-plan", "no work plan is due; one is made for each agreement year.", field=FIRST
        )
    except Refused:
        if not plans:
            raise
        return _correction(next(iter(plans.values())))
    draft.hidden = frozenset({"reason"})
    return draft


def _correction(plan: PlanShown) -> Draft:
    value = plan.first.isoformat()
    return Draft(
        values={FIRST: value} | _said(plan),
        choices={FIRST: [Choice(value, f"Year from {day(plan.first)}: correct its plan")]},
        required=frozenset({"reason"}),
    )


def _said(plan: PlanShown) -> dict[str, object]:
    return {
        "finalized_on": plan.content.finalized_on,
        "summary": plan.content.summary,
        "activities": write_activities(plan.content.activities),
        "milestones": write_milestones(plan.content.milestones),
    }


def _submit(submitting: Submitting, typed: RecordWorkPlan) -> Done:
    content = PlanContent(
        typed.finalized_on,
        typed.summary,
        tuple(read_activities(typed.activities or "")),
        tuple(read_milestones(typed.milestones or "")),
    )
    outcome = _recorded(submitting, typed, content)
    held = [
        count(len(listed), noun)
        for listed, noun in ((content.activities, "line"), (content.milestones, "milestone"))
        if listed
    ]
    with_them = f" with {' and '.join(held)}" if held else ""
    corrected = " corrected," if typed.reason else ""
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: work plan of the year from {day(typed.first)}{with_them},"
        f"{corrected} final on {full_day(typed.finalized_on)}.",
        undoable=True,
    )


def _recorded(submitting: Submitting, typed: RecordWorkPlan, content: PlanContent) -> Outcome:
    if typed.reason:
        return correct_work_plan(
            submitting.session,
            alliance_id=typed.alliance,
            first=typed.first,
            content=content,
            reason=typed.reason,
            by=submitting.by,
            now=submitting.now,
        )
    return record_work_plan(
        submitting.session,
        alliance_id=typed.alliance,
        first=typed.first,
        finalized_on=content.finalized_on,
        summary=content.summary,
        activities=content.activities,
        milestones=content.milestones,
        by=submitting.by,
        now=submitting.now,
    )


FORM = Form(
    name="record_work_plan",
    title="Record a work plan",
    model=RecordWorkPlan,
    verb=Verb.PLAN,
    open=_open,
    submit=_submit,
)
