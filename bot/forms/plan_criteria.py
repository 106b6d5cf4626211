"""Say which criteria of VII.C the latest work plan answers."""

from __future__ import annotations

from typing import Any

from pydantic import create_model

from bot.blocks import safe
from bot.criteria_fields import answers, criteria_draft, criteria_fields
from bot.form_types import AllianceForm, Draft, Form, Opening, Submitting
from bot.form_types import Done as Told
from operations.establish.record_gates import record_gates
from operations.read.choices import AllianceChoices, alliance_choices
from operations.read.gate_sheet import read_checklist
from operations.refusals import Refused
from policy.facts import WorkPlan
from policy.rights import Verb
from policy.words import day

#: CSP 04-01-002 VII.C (last sentence).
PlanCriteria: Any = create_model("PlanCriteria", __base__=AllianceForm, **dict(criteria_fields()))


def _latest(choices: AllianceChoices) -> WorkPlan:
    plans = choices.of.facts.as_of(choices.today).work_plans
    if not plans:
        raise Refused("No work plan is on record; record one with /alliance workplan first.")
    return plans[-1]


def _open(opening: Opening) -> Draft:
    about = opening.about
    plan = _latest(about)
    intro = (
        f"The work plan of the year from {day(plan.first)}: say where it answers a criterion. What the agreement "
        "answers can stay empty here."
    )
    return criteria_draft(
        read_checklist(opening.session, about.of, subject=f"work-plan:{plan.id}", on=about.today), intro
    )


def _submit(submitting: Submitting, typed: Any) -> Told:
    choices = alliance_choices(submitting.session, typed.alliance, now=submitting.now)
    plan = _latest(choices)
    subject = f"work-plan:{plan.id}"
    asked = read_checklist(submitting.session, choices.of, subject=subject, on=choices.today)
    outcome = record_gates(
        submitting.session,
        alliance_id=typed.alliance,
        done=list(answers(typed.model_dump(), asked.answers)),
        subject=subject,
        by=submitting.by,
        now=submitting.now,
    )
    return Told(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: which criteria the work plan of the year from "
        f"{day(plan.first)} answers.",
        undoable=True,
    )


FORM = Form(
    name="plan_criteria",
    title="Criteria of a work plan",
    model=PlanCriteria,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
