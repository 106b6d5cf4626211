"""Say which item of the records schedule holds for a kind of records."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.records.keep_records import MOST_YEARS, set_retention
from policy.retention import Kind
from policy.rights import Verb
from policy.words import count


class SetRetention(OfficeForm):
    """How long a kind of records is kept."""

    kind: Annotated[Kind, Ask(radio=True)] = Field(title="Kind of records")
    schedule: str = Field(title="Item of the records schedule", max_length=300, description="As the agency cites it.")
    years: int | None = Field(
        None, title="Years", ge=1, le=MOST_YEARS, description="Left empty, the records are permanent."
    )


def _open(_opening: Opening) -> Draft:
    return Draft(intro=["Nothing is deleted by it. Exports and this list then say until when each record is kept."])


def _submit(submitting: Submitting, typed: SetRetention) -> Said:
    set_retention(
        submitting.session,
        kind=typed.kind,
        schedule=typed.schedule,
        keep_years=typed.years,
        by=submitting.by,
        now=submitting.now,
    )
    years = "permanently" if typed.years is None else f"for {count(typed.years, 'year')}"
    return Said(f"Saved: {typed.kind} are kept {years} ({safe(typed.schedule)}). Nothing is deleted by it.", "")


FORM = Form(
    name="set_retention",
    title="How long it is kept",
    model=SetRetention,
    verb=Verb.KEEP_RECORDS,
    open=_open,
    submit=_submit,
    submit_label="Save",
)
