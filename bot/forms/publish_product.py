"""Record that a product was published."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import paragraphs, safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.gate_words import open_line
from bot.product_choices import product_choices, waiting_products
from operations.operate.publish_product import publish_product
from policy.rights import Verb


class PublishProduct(AllianceForm):
    """When and where the public got the product (FAQ F-9: free of charge)."""

    product: Annotated[int, Ask(offered=True)] = Field(title="Product")
    published_on: date = Field(title="Date of the publication")
    address: Annotated[str, Ask(placeholder="https://www.osha.gov/alliances/...")] = Field(
        title="Address where the public finds it", max_length=500
    )
    reached: int | None = Field(
        None,
        title="Number of people reached",
        ge=0,
        le=100_000_000,
        description="Leave it empty while it is not known; the annual report will ask for it.",
    )


def _open(opening: Opening) -> Draft:
    waiting = waiting_products(opening)
    lines = []
    for one in waiting:
        if one.gates is not None and one.gates.open:
            lines += [f"*Still open before “{safe(one.title, 100)}” is published*", *map(open_line, one.gates.open)]
    return Draft(
        intro=paragraphs([*lines, "Record what was done with `/alliance product`."]) if lines else [],
        values={"product": str(waiting[0].id), "published_on": opening.about.today},
        choices={"product": product_choices(waiting)},
    )


def _submit(submitting: Submitting, typed: PublishProduct) -> Done:
    outcome = publish_product(
        submitting.session,
        alliance_id=typed.alliance,
        product_id=typed.product,
        published_on=typed.published_on,
        address=typed.address,
        reached=typed.reached,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: published on {full_day(typed.published_on)}, at "
        f"{safe(typed.address, 500)}. It counts as an activity of that day.",
        undoable=True,
    )


FORM = Form(
    name="publish_product",
    title="Product published",
    model=PublishProduct,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
