"""Record that a product was given up."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.product_choices import product_choices, waiting_products
from operations.operate.drop_product import drop_product
from policy.rights import Verb


class DropProduct(AllianceForm):
    """Which product will not be published, and why."""

    product: Annotated[int, Ask(offered=True)] = Field(title="Product")
    dropped_on: date = Field(title="Date")
    because: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=1000)


def _open(opening: Opening) -> Draft:
    waiting = waiting_products(opening)
    return Draft(
        values={"product": str(waiting[0].id), "dropped_on": opening.about.today},
        choices={"product": product_choices(waiting)},
    )


def _submit(submitting: Submitting, typed: DropProduct) -> Done:
    outcome = drop_product(
        submitting.session,
        alliance_id=typed.alliance,
        product_id=typed.product,
        dropped_on=typed.dropped_on,
        because=typed.because,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: the product was given up on {full_day(typed.dropped_on)}.",
        undoable=True,
    )


FORM = Form(
    name="drop_product",
    title="Give a product up",
    model=DropProduct,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
