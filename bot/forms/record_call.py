"""Record a call with the Regional Alliance Program Coordinators."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.duty_words import full_day, row_text
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from operations.operate.record_call import record_call
from policy.rights import Verb


class RecordCall(FormModel):
    """One call (CSP 04-01-002 VIII.A.9)."""

    on: date = Field(title="Date of the call")
    topics: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Topics", max_length=2000)


def _open(opening: Opening) -> Draft:
    if opening.duty is None:
        raise LookupError("opened without a duty")
    return Draft(values={"on": opening.duty.on}, intro=[row_text(opening.duty.row)])


def _submit(submitting: Submitting, typed: RecordCall) -> Done:
    outcome = record_call(submitting.session, on=typed.on, topics=typed.topics, by=submitting.by, now=submitting.now)
    said = f"Recorded: call with the Regional Alliance Program Coordinators on {full_day(typed.on)}."
    return Done(outcome, said, undoable=True)


FORM = Form(
    name="record_call",
    title="Record a call",
    model=RecordCall,
    verb=Verb.HOLD_CALL,
    open=_open,
    submit=_submit,
)
