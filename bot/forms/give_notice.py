"""Record a written 30-day notice."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    DocumentField,
    Done,
    Draft,
    Form,
    Opening,
    Submitting,
    document_field,
)
from bot.values import read_number
from operations.conclude.give_notice import give_notice
from policy.rights import Verb
from policy.rules.termination_notice import earliest_end

OSHA = "osha"

WHAT_FOLLOWS = (
    "A notice by OSHA, or by the last outside signatory, leads to the end of the alliance; a notice by one of "
    "several signatories ends only its own participation."
)


class GiveNotice(AllianceForm):
    """A written notice to leave (CSP 04-01-002 IX.C, last sentence)."""

    signatory: Annotated[str, Ask(offered=True)] = Field(title="Who gave the notice")
    noticed_on: date = Field(
        title="Date of the written notice",
        description="The earliest end is 30 calendar days after this date (CSP 04-01-002 IX.C).",
    )
    named_end_on: date | None = Field(
        None,
        title="Later end that the notice names",
        description="Leave it empty to take the earliest end, 30 days after the date of the notice.",
    )
    reason: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=2000)
    document: DocumentField = document_field("The written notice")


def _open(opening: Opening) -> Draft:
    about = opening.about
    return Draft(
        choices={"signatory": [Choice(OSHA, "OSHA"), *(Choice(str(id), name) for id, name in about.signatories)]},
        intro=[WHAT_FOLLOWS],
    )


def _submit(submitting: Submitting, typed: GiveNotice) -> Done:
    outcome = give_notice(
        submitting.session,
        alliance_id=typed.alliance,
        signatory_id=None if typed.signatory == OSHA else read_number(typed.signatory),
        noticed_on=typed.noticed_on,
        named_end_on=typed.named_end_on,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    given = outcome.of.facts.notices
    number = (outcome.record or "").removeprefix("notice:")
    giver = next((notice.given_by for notice in given if str(notice.id) == number), "the signatory")
    ends_on = earliest_end(typed.noticed_on, typed.named_end_on)
    ends = "The alliance ends" if typed.signatory == OSHA else "The participation ends"
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: written notice by {safe(giver)} of "
        f"{full_day(typed.noticed_on)}. {ends} on {full_day(ends_on)} at the earliest; "
        "record the end, or the withdrawal of the notice, then.",
        undoable=True,
    )


FORM = Form(
    name="give_notice",
    title="30-day notice",
    model=GiveNotice,
    verb=Verb.GIVE_NOTICE,
    open=_open,
    submit=_submit,
)
