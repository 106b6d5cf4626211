"""Assign a duty to a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import row_text
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from bot.outcomes import duty_named
from operations.read.answers import read_answers
from operations.refusals import Refused
from operations.remind.assign_duty import assign_duty
from policy.rights import Verb


class Assign(FormModel):
    """Who is to do it."""

    person: Annotated[int, Ask(search="person", placeholder="Type a part of a name, position or office")] = Field(
        title="Who is to do it?", description="They are named in the reminders from now on."
    )
    note: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Note", max_length=300)


def _open(opening: Opening) -> Draft:
    found = opening.duty
    if found is None:
        raise LookupError("opened without a duty")
    if found.shown is None:
        raise Refused("This duty is not in the reminders yet; it can be assigned after the next check of the rules.")
    return Draft(intro=[row_text(found.row)])


def _submit(submitting: Submitting, typed: Assign) -> Done:
    outcome = assign_duty(
        submitting.session,
        obligation_id=submitting.duty,
        person_id=typed.person,
        note=typed.note,
        by=submitting.by,
        now=submitting.now,
    )
    to = read_answers(submitting.session, [submitting.duty], now=submitting.now)[submitting.duty].assigned_to
    what = duty_named(outcome, submitting.duty)
    return Done(outcome, f"Assigned to {safe(to.name if to else '')}: {what}.", undoable=True)


FORM = Form(
    name="assign",
    title="Assign to a person",
    model=Assign,
    verb=Verb.ASSIGN,
    open=_open,
    submit=_submit,
    submit_label="Assign",
)
