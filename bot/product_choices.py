"""The products that wait for their publication, as a form offers them."""

from __future__ import annotations

from bot.form_types import Choice, Opening
from operations.read.products import ProductShown, read_products
from operations.refusals import Refused


def waiting_products(opening: Opening) -> list[ProductShown]:
    """Return the products on their way, the latest first.

    Raises:
        Refused: There is none.
    """
    about = opening.about
    waiting = [one for one in read_products(opening.session, about.of, on=about.today) if one.gates is not None]
    if not waiting:
        raise Refused(
            f"{about.name} has no product that waits for its publication; propose one with /alliance product."
        )
    return waiting


def product_choices(waiting: list[ProductShown]) -> list[Choice]:
    """Return them as choices, each with how far it has come."""
    return [Choice(str(one.id), f"{one.title}: {one.stage.value}") for one in waiting]
