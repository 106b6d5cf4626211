"""Open a product that waits for its publication."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.products import Product
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, Refused
from policy.rights import Verb
from policy.words import day as spelled


def open_product(
    session: Session, alliance_id: int, product_id: int, *, by: Actor, now: datetime
) -> tuple[Opened, Product]:
    """Lock the alliance of a product for a person who may bring it forward.

    Raises:
        Refused: There is no such product.
        AlreadyDone: It was published or given up; or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    return opened, product_on_its_way(session, alliance_id, product_id)


def product_on_its_way(session: Session, alliance_id: int, product_id: int) -> Product:
    """Return a product that waits for its publication; its alliance is locked.

    Raises:
        Refused: There is no such product of this alliance.
        AlreadyDone: It was published or given up.
    """
    product = session.get(Product, product_id, populate_existing=True)
    if product is None or product.alliance_id != alliance_id or product.withdrawn_at is not None:
        raise Refused("This product is no longer on record; look at the products with /alliance product.")
    if product.published_on is not None:
        raise AlreadyDone(f"“{product.title}” was published on {spelled(product.published_on)}.", field="product")
    if product.dropped_on is not None:
        raise AlreadyDone(f"“{product.title}” was given up on {spelled(product.dropped_on)}.", field="product")
    return product
