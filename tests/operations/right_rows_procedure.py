"""The rows of the right matrix for proposals, the drafts of agreements, and their signatures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from models.alliances import Alliance
from operations.establish.correct_signature import correct_signature, withdraw_signature
from operations.establish.draft_agreement import draft_agreement
from operations.establish.evaluate_proposal import evaluate_proposal
from operations.establish.propose import propose
from operations.establish.revise_proposal import revise_proposal
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.read.signatures import recorded_signatures
from policy.agreement_draft import draft_from
from policy.proposal import Proposal
from policy.rights import Verb
from tests.operations.conftest import TODAY
from tests.operations.proposals import GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed
from tests.operations.right_matrix import Row, World, chief, withdrawn

FOUND: dict[str, Any] = {
    "evaluated_on": TODAY,
    "evaluated_by": "Eva Evaluator",
    "findings": "Worth it.",
    "shared_on": None,
}
#: All that sign: with them the agreement is made.
SIGNATURES = (
    Signature(GUILD.name, "Gus Guild, President", TODAY),
    Signature("0317300", "Dora Director, Area Director", TODAY),
)


def proposal(w: World) -> Proposal:
    """Return a proposal of the area office."""
    return a_proposal(w.office("0317300"))


def on_file(w: World) -> Alliance:
    """Put a proposal on file."""
    return proposed(w.session, proposal(w), w.chief)


def approved(w: World) -> Alliance:
    """Put a proposal on file that is approved."""
    made = on_file(w)
    approve_proposal(w.session, made, w.chief)
    return made


def ready(w: World) -> Alliance:
    """Put a draft on file that waits for the signatures alone."""
    made = approved(w)
    prepare_to_sign(w.session, made, w.chief)
    return made


def half_signed(w: World) -> int:
    """Put one of two signatures on record; return its number."""
    made = ready(w)
    sign_agreement(w.session, alliance_id=made.id, signatures=SIGNATURES[:1], term_years=2, **chief(w))
    return recorded_signatures(w.session, made.id)[0].id


def signed(w: World) -> str:
    """Have an agreement signed on which nothing rests yet; return its record."""
    told = {"signatures": SIGNATURES, "term_years": 2, **chief(w)}
    return str(sign_agreement(w.session, alliance_id=ready(w).id, **told).outcome.record)


def of_proposal(operation: Any, verb: Verb, prepare: Any = on_file, **told: Any) -> Row:
    """Return the row of an operation on an alliance that is proposed."""
    return Row(
        operation,
        verb,
        lambda w, by: operation(w.session, alliance_id=w.kept["prepared"], **told, **by),
        prepare=lambda w: prepare(w).id,
    )


ROWS: list[Row] = [
    Row(propose, Verb.PROPOSE, lambda w, by: propose(w.session, proposal=proposal(w), **by)),
    Row(
        revise_proposal,
        Verb.PROPOSE,
        lambda w, by: revise_proposal(
            w.session, alliance_id=w.kept["prepared"], proposal=replace(proposal(w), goals="No falls."), **by
        ),
        prepare=lambda w: on_file(w).id,
    ),
    of_proposal(withdraw_proposal, Verb.PROPOSE, reason="Nobody has the time"),
    of_proposal(evaluate_proposal, Verb.PREPARE, **FOUND),
    of_proposal(draft_agreement, Verb.PREPARE, approved, content=draft_from(a_proposal(name="Safe Roofs Alliance"))),
    of_proposal(sign_agreement, Verb.SIGN, ready, signatures=SIGNATURES[:1], term_years=2),
    replace(
        of_proposal(sign_agreement, Verb.SIGN, ready, signatures=SIGNATURES, term_years=2), what="the last signature"
    ),
    Row(
        correct_signature,
        Verb.SIGN,
        lambda w, by: correct_signature(
            w.session,
            number=w.kept["prepared"],
            signature=Signature(GUILD.name, "Gil Guild, President", TODAY),
            reason="The name was wrong",
            **by,
        ),
        prepare=half_signed,
    ),
    withdrawn("an original signing", Verb.SIGN, signed),
    Row(
        withdraw_signature,
        Verb.SIGN,
        lambda w, by: withdraw_signature(w.session, number=w.kept["prepared"], reason="It was a letter", **by),
        prepare=half_signed,
    ),
]
