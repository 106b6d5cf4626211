"""A proposed product before its experts: asked from its card, decided, published; nothing of that by hand instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from models.approvals import Approval, ApprovalDecision
from models.products import Product
from operations.actor import Actor
from operations.approve.ask_approval import ask_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import keep_draft
from operations.approve.undo_decision import undo_decision
from operations.establish.record_gates import record_gates
from operations.establish.refuse_open_gates import GatesOpen
from operations.gather_facts import gather
from operations.operate.drop_product import drop_product
from operations.operate.propose_product import propose_product
from operations.operate.publish_product import publish_product
from operations.operate.undo_product import undo_product
from operations.read.askable import list_askable
from operations.read.products import read_products
from operations.records.gate_records import Done
from operations.refusals import AlreadyDone, Refused
from policy.approval import Seat, Verdict
from policy.chains import Purpose
from policy.gate_records import RecordKind as Kind
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY

EXPERT = Seat(Role.DIRECTORATE_REVIEWER, "DEP")


@dataclass
class Desk:
    """A proposed product, who works on it, and the expert who reviews it."""

    session: Any
    alliance_id: int
    product_id: int
    ada: Actor
    expert: Actor

    @property
    def subject(self) -> str:
        """What its records are about."""
        return f"product:{self.product_id}"

    @property
    def more(self) -> dict[str, Any]:
        """What every operation takes."""
        return {"alliance_id": self.alliance_id, "by": self.ada, "now": NOW}

    def ask(self, summary: str = "How to stand a ladder") -> Approval:
        """Put it before the expert as the form does."""
        content = {"summary": summary}
        keep_draft(self.session, by=self.ada, now=NOW, alliance=self.alliance_id, subject=self.subject, content=content)
        about = {"purpose": Purpose.PRODUCT, "subject": self.subject, "experts": [EXPERT]}
        return ask_approval(self.session, **about, **self.more)

    def decide(self, approval: Approval, verdict: Verdict = Verdict.APPROVE) -> None:
        """Let the expert decide."""
        decide_approval(
            self.session, approval_id=approval.id, verdict=verdict, reason="Because", by=self.expert, now=NOW
        )

    def check(self, *more: Done) -> None:
        """Record by hand what else a publication needs."""
        said = (Kind.PRODUCT_FREE, Kind.PRODUCT_RIGHTS)
        done = [*(Done(kind, details={"yes": True}) for kind in said), Done(Kind.LANGUAGE_REVIEW, on=TODAY, by="Lara")]
        record_gates(self.session, subject=self.subject, done=[*done, *more], **self.more)

    def publish(self) -> None:
        """Record its publication."""
        about = {"product_id": self.product_id, "published_on": TODAY, "address": "https://example.org/poster"}
        publish_product(self.session, **about, **self.more)

    def offered(self) -> list[str]:
        """Return what may be put before experts."""
        (of,) = gather(self.session, [self.alliance_id])
        return [one.subject for one in list_askable(self.session, of, on=TODAY) if one.purpose is Purpose.PRODUCT]

    def reviews(self) -> list[tuple[str, bool]]:
        """Return who is shown as asked, and whether they have answered."""
        (of,) = gather(self.session, [self.alliance_id])
        (shown,) = read_products(self.session, of, on=TODAY)
        return [(review.expert, review.on is not None) for review in shown.reviews]


@pytest.fixture
def desk(session, portfolio, field):
    """A poster that the area office proposes."""
    office = portfolio.office("DEP", kind="directorate", parent=field.national, name="Enforcement")
    expert = portfolio.person("U0EXPERT1", (Role.DIRECTORATE_REVIEWER, office), name="Eve Expert")
    made = portfolio.alliance("Bay", field.area)
    told = {"form": "Poster", "audience": "Roofers", "purpose": "Falls", "proposed_by": "Guild"}
    propose_product(
        session, alliance_id=made.id, title="Poster", proposed_on=TODAY, by=field.coordinator, now=NOW, **told
    )
    product = session.scalars(select(Product.id)).one()
    return Desk(session, made.id, product, field.coordinator, expert)


def test_a_proposed_product_is_reviewed_and_published(desk):
    """It is offered, waits for the expert by name of position, and is published once they approved."""
    assert desk.offered() == [desk.subject]
    approval = desk.ask()
    assert (desk.offered(), desk.reviews()) == ([], [("directorate reviewer, Enforcement", False)])
    desk.check()
    with pytest.raises(GatesOpen, match="directorate reviewer, Enforcement"):
        desk.publish()
    desk.decide(approval)
    assert desk.reviews() == [("directorate reviewer, Enforcement", True)]
    desk.publish()
    assert desk.session.scalars(select(Product.published_on)).one() == TODAY
    decision = desk.session.scalars(select(ApprovalDecision.id)).one()
    with pytest.raises(AlreadyDone, match="was published on November 23, 2026"):
        undo_decision(desk.session, record=f"approval-decision:{decision}", by=desk.expert, now=NOW)


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.DECLINE])
def test_what_an_expert_refused_is_not_passed_by_hand(desk, verdict):
    """Another review on paper does not stand for theirs: it is asked anew, or not published."""
    desk.decide(desk.ask(), verdict)
    desk.check(Done(Kind.PRODUCT_ASKED, "Jane Roe"), Done(Kind.PRODUCT_REVIEWED, "Jane Roe", on=TODAY, by="Jane Roe"))
    with pytest.raises(GatesOpen, match="directorate reviewer, Enforcement"):
        desk.publish()
    desk.decide(desk.ask("How to stand a ladder safely"))
    desk.publish()


def test_a_later_version_is_reviewed_anew(desk):
    """What was approved no longer counts once the product says something else, whoever else reviewed it."""
    desk.decide(desk.ask())
    desk.check(Done(Kind.PRODUCT_ASKED, "Jane Roe"), Done(Kind.PRODUCT_REVIEWED, "Jane Roe", on=TODAY, by="Jane Roe"))
    content = {"summary": "Ladders are safe"}
    keep_draft(desk.session, by=desk.ada, now=NOW, alliance=desk.alliance_id, subject=desk.subject, content=content)
    with pytest.raises(GatesOpen, match="version 2 changed: What it says, or what matters of it"):
        desk.publish()


def test_a_product_that_is_given_up_is_before_nobody(desk):
    """Who was asked has nothing to decide any more; neither after its proposal was undone."""
    approval = desk.ask()
    about = {"product_id": desk.product_id, "dropped_on": TODAY, "because": "Too late"}
    drop_product(desk.session, **about, **desk.more)
    assert (approval.status, approval.ended_why) == ("superseded", "the product was given up")
    with pytest.raises(AlreadyDone, match="the product was given up"):
        desk.decide(approval)
    with pytest.raises(Refused, match="was given up"):
        desk.ask("Another")
    undo_product(desk.session, record=f"product-drop:{desk.product_id}", by=desk.ada, now=NOW)
    again = desk.ask("Another")
    undo_product(desk.session, record=f"product:{desk.product_id}", by=desk.ada, now=NOW)
    assert (again.status, again.ended_why) == ("superseded", "the proposal of the product was undone")


def test_nothing_is_asked_for_the_product_of_another_alliance(desk, portfolio, field):
    """Neither a product nor a recommendation of somebody else's can be put before anybody."""
    other = portfolio.alliance("Cape", field.area)
    content = {"summary": "Ours"}
    keep_draft(desk.session, by=desk.ada, now=NOW, alliance=other.id, subject=desk.subject, content=content)
    with pytest.raises(Refused, match="no longer on record"):
        ask_approval(
            desk.session,
            purpose=Purpose.PRODUCT,
            subject=desk.subject,
            experts=[EXPERT],
            **desk.more | {"alliance_id": other.id},
        )
