"""Record that a product was given up before its publication."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.operate.open_product import open_product
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import refuse_day_to_come
from operations.remind.check_rules import Outcome, recheck

#: What the undoing of it is called, see `operations.operate.undo_product`.
RECORD = "product-drop"


def drop_product(
    session: Session, *, alliance_id: int, product_id: int, dropped_on: date, because: str, by: Actor, now: datetime
) -> Outcome:
    """Record that a product was given up on a local day, and why.

    Raises:
        Refused: The day is impossible, or there is no such product.
        AlreadyDone: It was published or given up; or the alliance has ended.
    """
    opened, product = open_product(session, alliance_id, product_id, by=by, now=now)
    refuse_day_to_come(opened, dropped_on, field="dropped_on", what="what was given up")
    refuse_day_before(dropped_on, product.proposed_on, field="dropped_on", what="its proposal")
    product.dropped_on, product.dropped_because = dropped_on, because
    session.flush()
    end_approvals(
        session, alliance_id, by=by.name, now=now, why="the product was given up", subject=f"product:{product.id}"
    )
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="product:dropped",
        subject=opened.subject,
        data={"product": product.id, "title": product.title, "dropped_on": dropped_on, "because": because},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{product.id}")
