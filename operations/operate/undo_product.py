"""Take back a wrong record about a product: its proposal, its publication, or that it was given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.products import Product
from models.work import Activity
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.operate import drop_product, propose_product, publish_product
from operations.records.open_alliance import open_alliance
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb

#: What can be taken back here.
RECORDS = (propose_product.RECORD, publish_product.RECORD, drop_product.RECORD)
UNDONE = "the proposal of the product was undone"


def undo_product(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back "product:3", "publication:3" or "product-drop:3"; return what is so again.

    Raises:
        Refused: There is no such record, or a later one rests on it.
        AlreadyDone: It was taken back before.
    """
    kind, number = record_number(record)
    product = session.get(Product, number)
    if product is None:
        raise Refused("This product is no longer on record; look at the products with /alliance product.")
    alliance_id = product.alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    session.refresh(product)
    action, again = {
        propose_product.RECORD: _proposal,
        publish_product.RECORD: _publication,
        drop_product.RECORD: _drop,
    }[kind](session, product, now)
    session.flush()
    if product.withdrawn_at is not None:
        end_approvals(session, alliance_id, by=by.name, now=now, why=UNDONE, subject=f"product:{product.id}")
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=action,
        subject=opened.subject,
        data={"product": product.id, "title": product.title},
    )
    return recheck(session, alliance_id, by=by, now=now, record=record), again


def _proposal(_session: Session, product: Product, now: datetime) -> tuple[str, str]:
    if product.withdrawn_at is not None:
        raise AlreadyDone(f"The proposal of “{product.title}” was undone before; nothing changed.")
    if product.published_on is not None or product.dropped_on is not None:
        raise Refused(f"“{product.title}” was published or given up; undo that first.")
    product.withdrawn_at = now
    return "product:withdrawn", f"the proposal of “{product.title}” no longer counts"


def _publication(session: Session, product: Product, now: datetime) -> tuple[str, str]:
    if product.published_on is None:
        raise AlreadyDone(f"“{product.title}” is not on record as published; nothing changed.")
    activity = session.get_one(Activity, product.activity_id)
    activity.withdrawn_at = activity.withdrawn_at or now
    product.published_on = product.address = product.activity_id = None
    return "product:publication-withdrawn", f"“{product.title}” is not published yet"


def _drop(_session: Session, product: Product, _now: datetime) -> tuple[str, str]:
    if product.dropped_on is None:
        raise AlreadyDone(f"“{product.title}” is on its way; nothing changed.")
    product.dropped_on = product.dropped_because = None
    return "product:drop-withdrawn", f"“{product.title}” is on its way"
