"""Read the products of an alliance: how far each has come, who was asked to review it, what it still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from models.products import Product, SuccessStory
from operations.gather_facts import Gathered
from operations.gather_gate_facts import expert_words, read_experts, read_records
from operations.read.gates import GatesShown, gates_of_product
from policy.gate_records import RecordKind


class Stage(StrEnum):
    """How far a product has come."""

    PROPOSED = "proposed"
    REVIEW = "under review"
    CLEARED = "cleared, not published yet"
    PUBLISHED = "published"
    DROPPED = "given up"


@dataclass(frozen=True, slots=True)
class Review:
    """An expert who was asked for a review."""

    expert: str
    #: None until the review is there.
    on: date | None
    said: str | None


@dataclass(frozen=True, slots=True)
class ProductShown:
    """A product as it stands."""

    id: int
    title: str
    form: str
    audience: str
    purpose: str
    proposed_by: str
    proposed_on: date
    published_on: date | None
    address: str | None
    dropped_on: date | None
    dropped_because: str | None
    reviews: tuple[Review, ...]
    #: None once it was published or given up.
    gates: GatesShown | None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.published_on is not None:
            return Stage.PUBLISHED
        if self.dropped_on is not None:
            return Stage.DROPPED
        if self.gates is not None and not self.gates.refusing:
            return Stage.CLEARED
        return Stage.REVIEW if self.reviews else Stage.PROPOSED

    @property
    def subject(self) -> str:
        """What the records for its gates are about."""
        return f"product:{self.id}"


def read_products(session: Session, of: Gathered, *, on: date) -> tuple[ProductShown, ...]:
    """Read the products that were proposed, the latest first."""
    rows = session.scalars(
        select(Product)
        .where(Product.alliance_id == of.facts.id, Product.withdrawn_at.is_(None))
        .order_by(Product.proposed_on.desc(), Product.id.desc())
    )
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    return tuple(_shown(session, of, row, on, names) for row in rows)


@dataclass(frozen=True, slots=True)
class StoryShown:
    """A success story as it stands on record."""

    on: date
    title: str
    story: str
    address: str | None


def read_stories(session: Session, alliance_id: int, *, limit: int = 3) -> tuple[StoryShown, ...]:
    """Read the latest success stories of an alliance."""
    rows = session.scalars(
        select(SuccessStory)
        .where(SuccessStory.alliance_id == alliance_id, SuccessStory.withdrawn_at.is_(None))
        .order_by(SuccessStory.on_day.desc(), SuccessStory.id.desc())
        .limit(limit)
    )
    return tuple(StoryShown(row.on_day, row.title, row.story, row.address) for row in rows)


def _shown(session: Session, of: Gathered, row: Product, on: date, names: Mapping[str, str]) -> ProductShown:
    subject = f"product:{row.id}"
    waits = row.published_on is None and row.dropped_on is None
    return ProductShown(
        id=row.id,
        title=row.title,
        form=row.form,
        audience=row.audience,
        purpose=row.purpose,
        proposed_by=row.proposed_by,
        proposed_on=row.proposed_on,
        published_on=row.published_on,
        address=row.address,
        dropped_on=row.dropped_on,
        dropped_because=row.dropped_because,
        reviews=tuple(_reviews(session, of.facts.id, subject, names, waits=waits)),
        gates=gates_of_product(session, of, subject, row.title, on=on) if waits else None,
    )


def _reviews(
    session: Session, alliance_id: int, subject: str, names: Mapping[str, str], *, waits: bool
) -> Iterator[Review]:
    """Yield who was asked, in the order of the asking; of a product on its way also who is still to approve it here."""
    records = read_records(session, alliance_id, subject)
    pending = {seat.named(names): None for seat in read_experts(session, alliance_id, subject)} if waits else {}
    yield from (Review(expert, None, None) for expert in pending)
    for kind, about in records:
        if kind is RecordKind.PRODUCT_ASKED and expert_words(about, names) not in pending:
            row = records.get((RecordKind.PRODUCT_REVIEWED, about))
            on, said = (None, None) if row is None else (row.on_day, row.text)
            yield Review(expert_words(about, names), on, said)
