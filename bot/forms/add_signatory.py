"""Record that an organization joined an alliance."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Done, Draft, Form, Opening, Submitting
from operations.establish.add_signatory import add_signatory
from policy.rights import Verb


class AddSignatory(AllianceForm):
    """An organization that signed after the others (CSP 04-01-002 VI.D)."""

    name: str = Field(title="Name of the organization", max_length=300)
    joined_on: date = Field(
        title="Date of its signature", description="The term and all dates of the alliance stay as they are."
    )


def _open(opening: Opening) -> Draft:
    names = "\n".join(f"•  {safe(name)}" for _, name in opening.about.signatories)
    leaving = "Who leaves gives 30 days' notice: `/alliance notice`."
    return Draft(values={"joined_on": opening.about.today}, intro=[f"Taking part now:\n{names or 'nobody'}\n{leaving}"])


def _submit(submitting: Submitting, typed: AddSignatory) -> Done:
    outcome = add_signatory(
        submitting.session,
        alliance_id=typed.alliance,
        name=typed.name,
        joined_on=typed.joined_on,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {safe(typed.name)} joined on {full_day(typed.joined_on)}.",
        undoable=True,
    )


FORM = Form(
    name="add_signatory",
    title="Add a signatory",
    model=AddSignatory,
    verb=Verb.SIGN,
    open=_open,
    submit=_submit,
)
