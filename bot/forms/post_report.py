"""Record that an annual report was posted on OSHA's web pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.years import year_draft
from operations.operate.post_report import post_report
from policy.rights import Verb
from policy.words import day


class PostReport(AllianceForm):
    """Where and when one annual report was posted (CSP 04-01-002 VI.E)."""

    period_end: Annotated[date, Ask(offered=True)] = Field(title="Agreement year of the report")
    posted_on: date = Field(title="Date posted")
    address: Annotated[str, Ask(placeholder="https://www.osha.gov/alliances/...")] = Field(
        title="Web address", max_length=500
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    draft = year_draft(
        opening, "report-posting", "no report waits to be posted; one does once it was submitted to DCSP."
    )
    draft.values["posted_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: PostReport) -> Done:
    outcome = post_report(
        submitting.session,
        alliance_id=typed.alliance,
        period_end=typed.period_end,
        posted_on=typed.posted_on,
        address=typed.address,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: annual report of the year to {day(typed.period_end)}, posted "
        f"on {full_day(typed.posted_on)} at {safe(typed.address, 500)}.",
        undoable=True,
    )


FORM = Form(
    name="post_report",
    title="Report posted",
    model=PostReport,
    verb=Verb.POST_REPORT,
    open=_open,
    submit=_submit,
)
