"""Enter a one-off closure of federal offices."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from bot.effect_words import closure_said
from bot.form_types import Draft, OfficeForm, Opening, Said, Submitting, previewed
from operations.change_closures import add_closure
from policy.rights import Verb


class EnterClosure(OfficeForm):
    """A day on which federal offices are closed beyond weekends and holidays."""

    day: date = Field(title="Closed on")
    reason: str = Field(title="Reason", max_length=300, description="Such as the executive order, or the storm.")


def _open(_opening: Opening) -> Draft:
    return Draft(intro=["Nothing is sent on a closed day, and it is no working day of any duty. No legal date moves."])


def _submit(submitting: Submitting, typed: EnterClosure) -> Said:
    change = add_closure(
        submitting.session,
        day=typed.day,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
        tried=submitting.tried,
    )
    return closure_said(change, removed=False)


FORM = previewed(
    "enter_closure",
    "Enter a closure",
    EnterClosure,
    Verb.ADMINISTER,
    open=_open,
    submit=_submit,
)
