"""Record the proposal of a product (FAQ F-2, F-9: the Guidelines for products)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.products import Product
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: What the undoing of it is called, see `operations.operate.undo_product`.
RECORD = "product"


def propose_product(
    session: Session,
    *,
    alliance_id: int,
    title: str,
    form: str,
    audience: str,
    purpose: str,
    proposed_by: str,
    proposed_on: date,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a product that was proposed on a local day; its gates stand before the publication.

    Raises:
        Refused: The day is impossible for this alliance.
        AlreadyDone: A product of that title is on its way; or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    refuse_impossible_day(opened, proposed_on, field="proposed_on", what="a proposal")
    earlier = session.scalar(
        select(Product).where(
            Product.alliance_id == alliance_id,
            func.lower(Product.title) == title.lower(),
            Product.dropped_on.is_(None),
            Product.withdrawn_at.is_(None),
        )
    )
    if earlier is not None:
        raise AlreadyDone(
            f"“{earlier.title}” is already on record, proposed on {spelled(earlier.proposed_on)}.", field="title"
        )
    told = {
        "title": title,
        "form": form,
        "audience": audience,
        "purpose": purpose,
        "proposed_by": proposed_by,
        "proposed_on": proposed_on,
    }
    product = Product(alliance_id=alliance_id, **told, recorded_by_id=by.person_id, recorded_at=now)
    session.add(product)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="product:proposed",
        subject=opened.subject,
        data={"product": product.id, **told},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{product.id}")
