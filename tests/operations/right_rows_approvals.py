"""The rows of the right matrix for what is put before officials, and what of that is no matter of a right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.alliances import RenewalDecision
from models.approvals import Approval
from models.products import Product
from operations.actor import Actor
from operations.approve.ask_approval import ask_approval, withdraw_approval
from operations.approve.change_chain import change_chain
from operations.approve.decide_approval import decide_approval
from operations.approve.decide_term import keep_recommendation
from operations.approve.keep_draft import keep_draft
from operations.approve.record_outside import record_outside
from operations.approve.undo_decision import undo_decision
from policy.approval import Seat, Verdict
from policy.chains import Purpose
from policy.facts import Recommendation
from policy.rights import Role, Verb
from tests.operations.conftest import NOW, TODAY
from tests.operations.right_matrix import Row, World, agreement, chief

#: Decides on paper, so that somebody else records it.
EXPERT = Seat(outside="Expert of the directorate")
#: The seat of the coordinator who is on record, and decides.
ADAS = Seat(Role.ALLIANCE_COORDINATOR, "0317300")


def drafted(w: World) -> str:
    """Keep a product that is to be reviewed; return its subject."""
    told = {"title": "Poster", "form": "Poster", "audience": "Roofers", "purpose": "Falls", "proposed_by": "Guild"}
    subject = f"product:{w.add(Product(alliance_id=w.area.id, proposed_on=TODAY, recorded_at=NOW, **told))}"
    keep_draft(w.session, alliance=w.area.id, subject=subject, content={"address": "A file"}, **chief(w))
    return subject


def ask(w: World, subject: str, by: dict[str, Any], expert: Seat = EXPERT) -> Approval:
    """Put the product before an expert."""
    return ask_approval(
        w.session, alliance_id=w.area.id, purpose=Purpose.PRODUCT, subject=subject, experts=(expert,), **by
    )


def record_expert(w: World, approval: Approval, by: dict[str, Any]) -> Any:
    """Record that the expert sent the product back."""
    return record_outside(
        w.session,
        approval_id=approval.id,
        seat=EXPERT.key,
        verdict=Verdict.RETURN,
        name="Eva Expert",
        on=TODAY,
        evidence="Letter of that day",
        reason="Too small a print",
        **by,
    )


def recommended(w: World) -> int:
    """Put a recommendation on record that waits for its decision; return the agreement."""
    told = {"recommendation": Recommendation.RENEW.value, "reasons": "Goals met.", "recommended_on": TODAY}
    w.add(RenewalDecision(alliance_id=w.area.id, agreement_id=agreement(w), **told))
    return agreement(w)


ROWS: list[Row] = [
    Row(
        keep_draft,
        Verb.PREPARE,
        lambda w, by: keep_draft(w.session, alliance=w.area.id, subject="draft", content={"goals": "No falls"}, **by),
    ),
    Row(
        keep_recommendation,
        Verb.PREPARE,
        lambda w, by: keep_recommendation(w.session, alliance=w.area.id, agreement_id=w.kept["prepared"], **by),
        prepare=recommended,
    ),
    Row(ask_approval, Verb.PREPARE, lambda w, by: ask(w, w.kept["prepared"], by), prepare=drafted),
    Row(
        record_outside,
        Verb.PREPARE,
        lambda w, by: record_expert(w, w.kept["prepared"], by),
        prepare=lambda w: ask(w, drafted(w), chief(w)),
    ),
    Row(
        change_chain,
        Verb.CHANGE_SETTINGS,
        lambda w, by: change_chain(
            w.session, office_code="0317300", purpose=Purpose.FIELD_PROPOSAL, text="Area Director", **by
        ),
    ),
]


def decide(w: World, by: Actor) -> Any:
    """Decide on a product for the seat of the coordinator."""
    asked = ask(w, drafted(w), chief(w), ADAS)
    return decide_approval(w.session, approval_id=asked.id, verdict=Verdict.APPROVE, by=by, now=NOW)


def withdraw(w: World, by: Actor) -> Any:
    """Take back what the chief asked."""
    return withdraw_approval(w.session, approval_id=ask(w, drafted(w), chief(w)).id, by=by, now=NOW)


def undo_recorded(w: World, by: Actor) -> Any:
    """Take back a decision that the chief recorded."""
    recorded = record_expert(w, ask(w, drafted(w), chief(w)), chief(w)).record
    return undo_decision(w.session, record=recorded, by=by, now=NOW)


@dataclass(frozen=True)
class Seated:
    """An operation that no right allows, a call of it, and the one person who may."""

    operation: Callable[..., Any]
    call: Callable[[World, Actor], Any]
    whose: Callable[[World], Actor]


#: Who holds a seat of the chain decides on what waits for it, who asked takes that back, and who decided or recorded a
#: decision takes back that. To everybody else it is refused, whatever their positions allow them.
BY_SEAT = (
    Seated(decide_approval, decide, lambda w: w.ada),
    Seated(withdraw_approval, withdraw, lambda w: w.chief),
    Seated(undo_decision, undo_recorded, lambda w: w.chief),
)
