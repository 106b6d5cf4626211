"""Record that an annual report was submitted to DCSP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    DocumentField,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    document_field,
    files_field,
)
from bot.keep_report import keep_report
from bot.years import year_draft
from operations.approve.put_report import held_back
from operations.operate.submit_report import submit_report
from policy.rights import Verb
from policy.words import day


class SubmitReport(AllianceForm):
    """The submission of one annual report (CSP 04-01-002 VIII.F.3)."""

    period_end: Annotated[date, Ask(offered=True, steers=True)] = Field(title="Agreement year of the report")
    submitted_on: date = Field(title="Date submitted to DCSP")
    remarks: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Remarks", max_length=2000)
    despite: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Why it goes as it is", max_length=1000, description="It is kept with the submission."
    )
    document: DocumentField = document_field("The report as you sent it, where you edited it")
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    draft = year_draft(
        opening,
        "annual-report",
        "no annual report is due; one falls due after each agreement year.",
        recorded="the report of the year to {year} is on record as submitted on {on}.",
    )
    draft.values["submitted_on"] = opening.about.today
    _ask_why(opening, draft)
    return draft


def _ask_why(opening: Opening, draft: Draft) -> None:
    """Ask why a report goes that its officials have not approved as it is, where they were asked."""
    offered = {choice.value for choice in draft.choices["period_end"]}
    wanted = str(opening.values.get("period_end") or "")
    last = date.fromisoformat(wanted if wanted in offered else draft.values["period_end"])
    held = held_back(opening.session, opening.about.of, last, opening.about.today)
    if held is None:
        draft.hidden = frozenset({"despite"})
    else:
        draft.intro = [safe(held, 600)]
        draft.required = frozenset({"despite"})


def _submit(submitting: Submitting, typed: SubmitReport) -> Done:
    outcome = submit_report(
        submitting.session,
        alliance_id=typed.alliance,
        period_end=typed.period_end,
        submitted_on=typed.submitted_on,
        remarks=typed.remarks,
        despite=typed.despite,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: annual report of the year to {day(typed.period_end)}, "
        f"submitted on {full_day(typed.submitted_on)}.",
        undoable=True,
        made=keep_report(submitting, outcome, typed.period_end),
    )


FORM = Form(
    name="submit_report",
    title="Report submitted",
    model=SubmitReport,
    verb=Verb.SUBMIT_REPORT,
    open=_open,
    submit=_submit,
)
