"""Ask an official to declare a duty not applicable."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.answer_words import UNDECIDED, asked_of
from bot.duty_words import row_text
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from bot.outcomes import duty_named
from operations.refusals import Refused
from operations.remind.ask_decision import ask_decision
from policy.requests import RequestKind
from policy.rights import Verb


class AskWaiver(FormModel):
    """Why a duty does not apply."""

    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="Why it does not apply",
        max_length=1000,
        description="It takes an official above you, who gets a direct message and approves or declines.",
    )


def _open(opening: Opening) -> Draft:
    found = opening.duty
    if found is None:
        raise LookupError("opened without a duty")
    if found.shown is None:
        raise Refused("This duty is not in the reminders yet; ask after the next check of the rules.")
    return Draft(intro=[row_text(found.row)])


def _submit(submitting: Submitting, typed: AskWaiver) -> Done:
    outcome = ask_decision(
        submitting.session,
        obligation_id=submitting.duty,
        kind=RequestKind.WAIVE,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    waits = asked_of(submitting.session, submitting.duty, now=submitting.now)
    what = duty_named(outcome, submitting.duty)
    said = f"Asked {waits} to declare {what} not applicable. {UNDECIDED}"
    return Done(outcome, said, undoable=True)


FORM = Form(
    name="ask_waiver",
    title="Ask for a waiver",
    model=AskWaiver,
    verb=Verb.ASK,
    open=_open,
    submit=_submit,
    submit_label="Ask",
)
