"""Record that a milestone of a work plan was reached."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.open_duties import duty_draft
from operations.operate.reach_milestone import reach_milestone
from policy.rights import Verb


class ReachMilestone(AllianceForm):
    """Which milestone was reached, and when (CSP 04-01-002 VI.C)."""

    milestone: Annotated[int, Ask(offered=True)] = Field(title="Milestone")
    done_on: date = Field(title="Date reached")
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    nothing = "no milestone is open; they are entered with the work plan, /alliance workplan."
    draft = duty_draft(opening, "milestone", "milestone", nothing)
    draft.values["done_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: ReachMilestone) -> Done:
    outcome = reach_milestone(
        submitting.session,
        alliance_id=typed.alliance,
        milestone_id=typed.milestone,
        done_on=typed.done_on,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    title = next((m.title for m in facts.milestones if m.id == typed.milestone), "the milestone")
    said = f"Recorded for *{safe(facts.name)}*: “{safe(title)}” reached on {full_day(typed.done_on)}."
    return Done(outcome, said, undoable=True)


FORM = Form(
    name="reach_milestone",
    title="Milestone reached",
    model=ReachMilestone,
    verb=Verb.PLAN,
    open=_open,
    submit=_submit,
)
