"""Conclude an alliance without a 30-day notice."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day, open_duties
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day

WHAT_FOLLOWS = (
    "OSHA and the participant may conclude an alliance together, or OSHA on the basis of an evaluation (FAQ F-11). "
    "Otherwise give a written 30-day notice: `/alliance notice`."
)


class Conclude(AllianceForm):
    """When and why an alliance was concluded (CSP 04-01-002 IX.C)."""

    way: Annotated[
        Way,
        Ask(radio=True, labels={Way.MUTUAL: "By mutual agreement", Way.EVALUATION: "By OSHA, after an evaluation"}),
    ] = Field(title="How it is concluded")
    reason: Annotated[Reason, Ask(radio=True)] = Field(title="Reason")
    ended_on: date = Field(title="Last day of the alliance")
    explanation: Annotated[str, Ask(multiline=True)] = Field(title="Explanation", max_length=2000)


def _open(opening: Opening) -> Draft:
    about = opening.about
    ending = about.of.facts.ending
    if ending is not None:
        raise Refused(
            f"{about.name} ended on {day(ending.ended_on)} already; /alliance show says what is left to close it."
        )
    return Draft(values={"ended_on": about.today}, intro=[WHAT_FOLLOWS])


def _submit(submitting: Submitting, typed: Conclude) -> Done:
    outcome = conclude_alliance(
        submitting.session,
        alliance_id=typed.alliance,
        ended_on=typed.ended_on,
        reason=typed.reason,
        way=typed.way,
        explanation=typed.explanation,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: concluded {typed.way.value} on {full_day(typed.ended_on)}, "
        f"{typed.reason.value}.",
        undoable=True,
    )


def _confirm(done: Done) -> str:
    lifted = len(done.outcome.settled)
    more = f" With it {open_duties(lifted)} will be lifted." if lifted else ""
    return f"{done.said}{more}\nIs it right? It can be undone while nothing rests on it."


FORM = Form(
    name="conclude",
    title="Conclude an alliance",
    model=Conclude,
    verb=Verb.END_ALLIANCE,
    open=_open,
    submit=_submit,
    confirm=_confirm,
)
