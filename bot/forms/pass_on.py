"""Say "Not ours": send a duty's reminders to another office."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import row_text, title
from bot.form_types import Ask, Choice, Done, Draft, Form, FormModel, Opening, Submitting
from operations.read.choices import find_offices, office_above
from operations.remind.steer_reminder import pass_on
from policy.rights import Verb


class PassOn(FormModel):
    """Which office gets the reminders from now on."""

    office: Annotated[str, Ask(search="office", placeholder="Type a part of its name or city")] = Field(
        title="Whose is it?", description="This office gets the reminders from now on."
    )
    reason: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=1000)


def _open(opening: Opening) -> Draft:
    found = opening.duty
    if found is None:
        raise LookupError("opened without a duty")
    code = found.shown.office_code if found.shown is not None else found.of.facts.offices[0]
    above = office_above(opening.session, code)
    draft = Draft(intro=[row_text(found.row)])
    if above is not None:
        draft.values["office"] = above[0]
        draft.choices["office"] = [Choice(*above)]
    return draft


def _submit(submitting: Submitting, typed: PassOn) -> Done:
    outcome = pass_on(
        submitting.session,
        obligation_id=submitting.duty,
        office_code=typed.office,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    names = dict(find_offices(submitting.session, typed.office))
    due = next((due for due in outcome.duties if due.id == submitting.duty), None)
    what = "this duty" if due is None else f"“{title(due.rule)}”"
    return Done(
        outcome,
        f"Passed on for *{safe(outcome.of.facts.name)}*: the reminders of {what} go to "
        f"{safe(names.get(typed.office, typed.office))} from now on.",
        undoable=True,
    )


FORM = Form(
    name="pass_on",
    title="Not ours",
    model=PassOn,
    verb=Verb.PASS_ON,
    open=_open,
    submit=_submit,
    submit_label="Pass on",
)
