"""Record an activity that a national alliance plans in a region or State Plan state."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.operate.plan_activity import plan_activity
from operations.refusals import Refused
from policy.facts import Level
from policy.rights import Verb


class PlanActivity(AllianceForm):
    """What is planned, where and when (CSP 04-01-002 VIII.A.10)."""

    title: str = Field(title="Activity", max_length=300)
    on: date = Field(title="Date on which it is to take place")
    place: Annotated[str, Ask(placeholder="Chicago Region and the State of Michigan")] = Field(
        title="Region and State Plan State",
        max_length=200,
        description="Whom to tell: the Regional Administrator and the State Plan State.",
    )


def _open(opening: Opening) -> Draft:
    if opening.about.of.facts.level is not Level.NATIONAL:
        raise Refused(
            f"{opening.about.name} is not a national alliance: only its activities are announced to the region or "
            "State Plan state. Record what was done with /alliance record."
        )
    return Draft()


def _submit(submitting: Submitting, typed: PlanActivity) -> Done:
    outcome = plan_activity(
        submitting.session,
        alliance_id=typed.alliance,
        on=typed.on,
        place=typed.place,
        title=typed.title,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: “{safe(typed.title, 300)}” is planned in {safe(typed.place)} "
        f"on {full_day(typed.on)}.",
        undoable=True,
    )


FORM = Form(
    name="plan_activity",
    title="Announce an activity",
    model=PlanActivity,
    verb=Verb.ANNOUNCE,
    open=_open,
    submit=_submit,
)
