"""Take a one-off closure of federal offices away."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.effect_words import closure_said
from bot.form_types import Ask, Choice, Draft, OfficeForm, Opening, Said, Submitting, previewed
from operations.change_closures import remove_closure
from operations.closures import list_closures
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day


class RemoveClosure(OfficeForm):
    """Which closed day is none."""

    day: Annotated[date, Ask(offered=True)] = Field(title="Closure")


def _open(opening: Opening) -> Draft:
    known = list_closures(opening.session)
    if not known:
        raise Refused("No closure is entered.")
    return Draft(choices={"day": [Choice(on.isoformat(), f"{day(on)}: {reason}") for on, reason in reversed(known)]})


def _submit(submitting: Submitting, typed: RemoveClosure) -> Said:
    change = remove_closure(
        submitting.session, day=typed.day, by=submitting.by, now=submitting.now, tried=submitting.tried
    )
    return closure_said(change, removed=True)


FORM = previewed(
    "remove_closure",
    "Remove a closure",
    RemoveClosure,
    Verb.ADMINISTER,
    open=_open,
    submit=_submit,
)
