"""Record that an Ambassador relationship ended."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.conclude.end_ambassador import end_ambassador
from operations.refusals import Refused
from policy.facts import EndingKind
from policy.rights import Verb
from policy.words import day

WHAT_HOLDS = (
    "An Ambassador relationship has no term: it lasts as long as both parties cooperate in good faith (FAQ F-12)."
)


class EndAmbassador(AllianceForm):
    """When and why the relationship ended (FAQ F-12)."""

    ended_on: date = Field(title="Last day of the relationship")
    because: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=2000)


def _open(opening: Opening) -> Draft:
    ending = opening.about.of.facts.ending
    if ending is None or ending.kind is not EndingKind.AMBASSADOR:
        raise Refused(f"{opening.about.name} is no Ambassador: no Ambassador document is on record.")
    if ending.relationship_ended_on is not None:
        raise Refused(
            f"The Ambassador relationship of {opening.about.name} ended on {day(ending.relationship_ended_on)} already."
        )
    intro = f"Ambassador since {day(ending.ended_on)}. {WHAT_HOLDS}"
    return Draft(values={"ended_on": opening.about.today}, intro=[intro])


def _submit(submitting: Submitting, typed: EndAmbassador) -> Done:
    outcome = end_ambassador(
        submitting.session,
        alliance_id=typed.alliance,
        ended_on=typed.ended_on,
        because=typed.because,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: the Ambassador relationship ended on "
        f"{full_day(typed.ended_on)}.",
        undoable=True,
    )


FORM = Form(
    name="end_ambassador",
    title="Ambassador ended",
    model=EndAmbassador,
    verb=Verb.END_ALLIANCE,
    open=_open,
    submit=_submit,
)
