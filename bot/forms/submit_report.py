"""Record that an annual report was submitted to DCSP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.years import year_draft
from operations.operate.submit_report import submit_report
from policy.rights import Verb
from policy.words import day


class SubmitReport(AllianceForm):
    """The submission of one annual report (CSP 04-01-002 VIII.F.3)."""

    period_end: Annotated[date, Ask(offered=True)] = Field(title="Agreement year of the report")
    submitted_on: date = Field(title="Date submitted to DCSP")
    remarks: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Remarks", max_length=2000)


def _open(opening: Opening) -> Draft:
    draft = year_draft(
        opening,
        "annual-report",
        "no annual report is due; one falls due after each agreement year.",
        recorded="the report of the year to {year} is on record as submitted on {on}.",
    )
    draft.values["submitted_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: SubmitReport) -> Done:
    outcome = submit_report(
        submitting.session,
        alliance_id=typed.alliance,
        period_end=typed.period_end,
        submitted_on=typed.submitted_on,
        remarks=typed.remarks,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: annual report of the year to {day(typed.period_end)}, "
        f"submitted on {full_day(typed.submitted_on)}.",
        undoable=True,
    )


FORM = Form(
    name="submit_report",
    title="Record a report",
    model=SubmitReport,
    verb=Verb.SUBMIT_REPORT,
    open=_open,
    submit=_submit,
)
