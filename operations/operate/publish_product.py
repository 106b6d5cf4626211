"""Record that a product was published: it counts as an activity of the kind product from then on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.products import Product
from models.work import Activity
from operations.actor import Actor
from operations.establish.refuse_open_gates import refuse_open
from operations.operate.open_product import open_product
from operations.operate.post_report import refuse_no_address
from operations.read.gates import gates_of_product
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import refuse_impossible_day
from operations.remind.check_rules import Outcome, recheck

#: What the undoing of it is called, see `operations.operate.undo_product`.
RECORD = "publication"


def publish_product(
    session: Session,
    *,
    alliance_id: int,
    product_id: int,
    published_on: date,
    address: str,
    reached: int | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a publication on a local day, with where the public finds it.

    Raises:
        GatesOpen: A mandatory gate before it is open on that day.
        Refused: The day is impossible, or there is no such product.
        AlreadyDone: It was published or given up; or the alliance has ended.
    """
    opened, product = open_product(session, alliance_id, product_id, by=by, now=now)
    refuse_impossible_day(opened, published_on, field="published_on", what="a publication")
    refuse_day_before(published_on, product.proposed_on, field="published_on", what="its proposal")
    refuse_no_address(address)
    shown = refuse_open(gates_of_product(session, opened.of, f"product:{product.id}", product.title, on=published_on))
    activity = _counted(session, product, published_on, reached, address, by=by, now=now)
    product.published_on, product.address, product.activity_id = published_on, address, activity.id
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="product:published",
        subject=opened.subject,
        data={
            "product": product.id,
            "title": product.title,
            "published_on": published_on,
            "address": address,
            "activity": activity.id,
            "reached": reached,
            "gates_passed": [passed.gate.id for passed in shown.gates],
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{product.id}")


def _counted(
    session: Session, product: Product, on: date, reached: int | None, address: str, *, by: Actor, now: datetime
) -> Activity:
    activity = Activity(
        alliance_id=product.alliance_id,
        kind="product",
        on_day=on,
        title=product.title,
        reached=reached,
        emphasis=[],
        details={"info": f"{product.form} for {product.audience}: {address}"},
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(activity)
    session.flush()
    return activity
