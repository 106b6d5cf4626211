"""Record the proposal of a product."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.operate.propose_product import propose_product
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day

#: The products that the Guidelines name.
ProductForm = Literal[
    "Fact sheet",
    "Case study",
    "Poster",
    "Toolbox talk",
    "Manual",
    "Training tool",
    "Video",
    "Best-practice document",
    "Other",
]


class ProposeProduct(AllianceForm):
    """What is to be made, for whom, and what it adds (FAQ F-2, F-9)."""

    title: str = Field(title="Title of the product", max_length=300)
    form: Annotated[ProductForm, Ask()] = Field(title="Form")
    audience: str = Field(title="Audience", max_length=300)
    purpose: Annotated[str, Ask(multiline=True)] = Field(
        title="What it adds",
        max_length=2000,
        description="The hazard or the rights that it is about, and the gap that it fills.",
    )
    proposed_by: str = Field(title="Proposed by", max_length=300)
    proposed_on: date = Field(title="Date of the proposal")


def _open(opening: Opening) -> Draft:
    about = opening.about
    ending = about.of.facts.ending
    if ending is not None:
        raise Refused(f"{about.name} ended on {day(ending.ended_on)}: no product of it is published any more.")
    names = [name for _, name in about.signatories]
    return Draft(values={"proposed_on": about.today} | ({"proposed_by": names[0][:300]} if names else {}))


def _submit(submitting: Submitting, typed: ProposeProduct) -> Done:
    outcome = propose_product(
        submitting.session,
        alliance_id=typed.alliance,
        title=typed.title,
        form=typed.form,
        audience=typed.audience,
        purpose=typed.purpose,
        proposed_by=typed.proposed_by,
        proposed_on=typed.proposed_on,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: the product “{safe(typed.title, 300)}”, proposed on "
        f"{full_day(typed.proposed_on)}. Ask the experts for their review, and record it, with `/alliance product`.",
        undoable=True,
    )


FORM = Form(
    name="propose_product",
    title="Propose a product",
    model=ProposeProduct,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
