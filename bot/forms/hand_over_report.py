"""Record that an area office handed its annual report to the region."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.years import year_draft
from operations.operate.hand_over_report import hand_over_report
from policy.rights import Verb
from policy.words import day


class HandOverReport(AllianceForm):
    """The hand-over of one annual report (CSP 04-01-002 VIII.D.3)."""

    period_end: Annotated[date, Ask(offered=True)] = Field(title="Agreement year of the report")
    handed_over_on: date = Field(
        title="Date handed over", description="To the Regional Alliance Program Coordinator, who submits it to DCSP."
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    draft = year_draft(opening, "report-handoff", "no annual report waits to be handed to the region.")
    draft.values["handed_over_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: HandOverReport) -> Done:
    outcome = hand_over_report(
        submitting.session,
        alliance_id=typed.alliance,
        period_end=typed.period_end,
        handed_over_on=typed.handed_over_on,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: annual report of the year to {day(typed.period_end)}, "
        f"handed to the Regional Alliance Program Coordinator on {full_day(typed.handed_over_on)}.",
        undoable=True,
    )


FORM = Form(
    name="hand_over_report",
    title="Report handed over",
    model=HandOverReport,
    verb=Verb.HAND_OVER,
    open=_open,
    submit=_submit,
)
