"""Say "Not applicable": an official waives a duty, with a reason."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day, row_text, title
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from operations.remind.waive_duty import refuse_who_owes_it, waive_duty
from policy.rights import Verb

MEANS = (
    "Nobody is reminded of it any more, and it no longer counts as owed or late. Your name stands with it, in the "
    "channel and on the card of the alliance, from where it can be taken back."
)


class Waive(FormModel):
    """Why a duty does not apply."""

    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="Why it does not apply",
        max_length=1000,
        description="Kept with the duty, its due date, your name and today's date.",
    )


def _open(opening: Opening) -> Draft:
    found = opening.duty
    if found is None:
        raise LookupError("opened without a duty")
    owner = str(found.due.owner) if found.due is not None else (found.shown.owner if found.shown is not None else "")
    held_by = () if found.shown is None else (found.shown.office_code,)
    refuse_who_owes_it(owner, opening.by, (*found.of.answering, *held_by))
    return Draft(intro=[row_text(found.row)])


def _submit(submitting: Submitting, typed: Waive) -> Done:
    outcome = waive_duty(
        submitting.session,
        obligation_id=submitting.duty,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    due = next((due for due in outcome.duties if due.id == submitting.duty), None)
    what = "this duty" if due is None else f"“{title(due.rule)}”"
    was_due = "" if due is None else f", due {full_day(due.due_on)},"
    return Done(
        outcome,
        f"Waived for *{safe(outcome.of.facts.name)}*: {what}{was_due} does not apply, by "
        f"{safe(submitting.by.name)}: {safe(typed.reason, 300)}",
        undoable=True,
    )


def _confirm(done: Done) -> str:
    return f"{done.said}\n{MEANS} Is it right?"


FORM = Form(
    name="waive",
    title="Not applicable",
    model=Waive,
    verb=Verb.WAIVE,
    open=_open,
    submit=_submit,
    submit_label="Waive",
    confirm=_confirm,
)
