"""Decline what was asked for a duty, with the reason."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.answer_words import answer_lines
from bot.duty_words import row_text
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from bot.outcomes import duty_named
from operations.refusals import AlreadyDone
from operations.remind.ask_decision import decide_request
from policy.requests import RequestStatus
from policy.rights import Verb

GONE = "Nothing is asked for this duty any more; nothing changed."


class Decline(FormModel):
    """Why what was asked is declined."""

    why: Annotated[str, Ask(multiline=True)] = Field(
        title="Why not", max_length=1000, description="Who asked reads it under the duty."
    )


def _open(opening: Opening) -> Draft:
    found = opening.duty
    if found is None or found.shown is None:
        raise AlreadyDone(GONE)
    answers = found.shown.answers
    if answers.request is None or answers.request.status is not RequestStatus.OPEN:
        raise AlreadyDone(GONE)
    return Draft(values={"request": str(answers.request.id)}, intro=[row_text(found.row), *answer_lines(answers)])


def _submit(submitting: Submitting, typed: Decline) -> Done:
    outcome = decide_request(
        submitting.session,
        # What was read; another one may be open by now.
        request_id=submitting.carried("request"),
        approve=False,
        why=typed.why,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(outcome, f"Declined: {duty_named(outcome, submitting.duty)} goes on as before.")


FORM = Form(
    name="decline",
    title="Decline",
    model=Decline,
    verb=Verb.DECIDE,
    open=_open,
    submit=_submit,
    submit_label="Decline",
)
