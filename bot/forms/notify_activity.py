"""Record that the Regional Administrator and the State Plan State were told of a planned activity."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.open_duties import duty_draft
from operations.operate.notify_activity import notify_activity
from policy.rights import Verb


class NotifyActivity(AllianceForm):
    """Who was told of which activity, and when (CSP 04-01-002 VIII.A.10)."""

    activity: Annotated[int, Ask(offered=True)] = Field(title="Planned activity")
    notified_on: date = Field(
        title="Date on which all had been told",
        description="The Regional Administrator and, where the state has a plan, the State Plan State: both.",
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    nothing = "nobody waits to be told of an activity; one is announced with /alliance announce."
    draft = duty_draft(opening, "activity-notice", "activity", nothing)
    draft.values["notified_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: NotifyActivity) -> Done:
    outcome = notify_activity(
        submitting.session,
        alliance_id=typed.alliance,
        activity_id=typed.activity,
        notified_on=typed.notified_on,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    place = next((a.place for a in facts.planned_activities if a.id == typed.activity), "The place")
    return Done(
        outcome,
        f"Recorded for *{safe(facts.name)}*: {safe(place)} told of the activity on {full_day(typed.notified_on)}.",
        undoable=True,
    )


FORM = Form(
    name="notify_activity",
    title="Region and state told",
    model=NotifyActivity,
    verb=Verb.ANNOUNCE,
    open=_open,
    submit=_submit,
)
