"""The procedure as staff walk through it: each stage with its owner, its clause and what it comes after.

The gates decide what is done; a stage only says in what order they are passed, by whom, and with which form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from policy import gate_checks as check
from policy.clauses import Clause, cite
from policy.facts import Level
from policy.gate_facts import GateFacts
from policy.gates import GATES, standing_gates
from policy.participants import SPECIAL, of_kinds, unknown
from policy.procedure import ProcedureStep
from policy.rights import Role
from policy.words import count, listing

_COORDINATOR = (Role.ALLIANCE_COORDINATOR,)
_ALL = tuple(Level)


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """What the stages know of an agreement in preparation beyond what the gates do."""

    gates: GateFacts
    #: When the draft of the agreement was last kept; None while there is none.
    draft_on: date | None = None
    #: Names of the OSHA offices and of the signatories whose official has signed.
    signed_for: frozenset[str] = frozenset()
    #: Whom a stage waits for that was asked, by its id; empty for what nobody was asked.
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the procedure from the proposal to the signatures."""

    id: str
    title: str
    #: The clause to quote, by level.
    clauses: Mapping[Level, Clause]
    #: Who answers for it, by level.
    owners: Mapping[Level, tuple[Role, ...]]
    #: The sentence of what is still to be done, or None.
    missing: Callable[[ProcedureFacts], str | None]
    #: The gates that it passes; it is part of the procedure where one of them stands.
    gates: tuple[str, ...]
    #: The stages that have to be done before it.
    after: tuple[str, ...]
    #: The form that does it, and the label of its button.
    form: str
    label: str
    #: Why a procedure leaves it out, where the gates do.
    left_out: str
    #: Whether there is anything to do although its gate stands.
    needed: Callable[[GateFacts], bool] = lambda _: True


def _d(number: str) -> Clause:
    return cite(f"CSP 04-01-002 {number}")


def _everywhere(clause: Clause) -> Mapping[Level, Clause]:
    return MappingProxyType(dict.fromkeys(_ALL, clause))


def _by(roles: tuple[Role, ...]) -> Mapping[Level, tuple[Role, ...]]:
    return MappingProxyType(dict.fromkeys(_ALL, roles))


def _at(national: Clause, elsewhere: Clause) -> Mapping[Level, Clause]:
    return MappingProxyType({Level.NATIONAL: national, Level.REGIONAL: elsewhere, Level.AREA: elsewhere})


def _input(facts: ProcedureFacts) -> str | None:
    missing = []
    if facts.gates.regional_input_on is None:
        missing.append("Regional Administrators")
    if facts.gates.directorate_input_on is None:
        missing.append("other directorates")
    return f"No input of {listing(missing)} is on record." if missing else None


def _evaluation(facts: ProcedureFacts) -> str | None:
    return None if facts.gates.evaluation is not None else "The evaluation of the proposal is not on record."


def _approval(facts: ProcedureFacts) -> str | None:
    if facts.gates.level is Level.NATIONAL:
        return GATES["proposal-approval"].open_words(facts.gates)
    # The evaluation, which the gate asks for as well, is a step of its own.
    missing = check.field_approval_given(facts.gates)
    changed = [why for gate, why in facts.gates.void if gate == "field-approval"]
    return None if missing is None else " ".join([missing, *changed])


def _draft(facts: ProcedureFacts) -> str | None:
    written = facts.draft_on is not None or check.draft_agreed(facts.gates) is None
    return None if written else "The draft agreement is not on file."


def _gate(*ids: str) -> Callable[[ProcedureFacts], str | None]:
    """Return what is missing at some gates, each where it stands."""

    def missing(facts: ProcedureFacts) -> str | None:
        standing = (gate for gate in standing_gates(facts.gates, ProcedureStep.SIGN) if gate.id in ids)
        return " ".join(filter(None, (gate.open_words(facts.gates) for gate in standing))) or None

    return missing


def _special(facts: GateFacts) -> bool:
    signing = [p for p in facts.participants if p.signatory]
    return bool(of_kinds(signing, SPECIAL) or unknown(signing) or not signing)


def signing_for(facts: GateFacts) -> tuple[str, ...]:
    """Give for whom somebody signs: each OSHA office concerned, then each signatory (VI.D, IX.A.7)."""
    return (*facts.offices, *(p.name for p in facts.participants if p.signatory))


def _signed(facts: ProcedureFacts) -> str:
    missing = [name for name in signing_for(facts.gates) if name not in facts.signed_for]
    if not signing_for(facts.gates):
        return "It is not on record who signs."
    if missing:
        return f"{count(len(missing), 'signature')} missing: {listing(missing)}."
    # What was signed belongs to the agreement from then on, unless the signing was taken back.
    return "Everybody has signed, and the agreement is not made: record it once more."


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        stage.id: stage
        for stage in (
            Stage(
                id="decision",
                title="Evaluation, recommendation and decision to renew",
                clauses=_everywhere(_d("IX.C.3")),
                owners=_by(_COORDINATOR),
                missing=_gate("renewal-decided", "goals-record"),
                gates=("renewal-decided", "goals-record"),
                after=(),
                form="decide_renewal",
                label="Record the decision",
                left_out="An alliance that was never signed is not renewed.",
            ),
            Stage(
                id="proposal",
                title="Proposal and draft work plan",
                clauses=_everywhere(_d("IX.A.1")),
                owners=_by(_COORDINATOR),
                missing=_gate("proposal-on-file"),
                gates=("proposal-on-file",),
                after=(),
                form="revise_proposal",
                label="Edit the proposal",
                left_out="The evaluation and the decision to renew take the place of a proposal.",
            ),
            Stage(
                id="input",
                title="Input of regions and directorates",
                clauses=_everywhere(_d("IX.A.2")),
                owners=_by(_COORDINATOR),
                missing=_input,
                gates=("proposal-evaluation",),
                after=("proposal",),
                form="ask_input",
                label="Ask for input",
                left_out="Input is obtained on proposals of national alliances.",
            ),
            Stage(
                id="evaluation",
                title="Evaluation of the proposal",
                clauses=_at(_d("IX.A.2"), _d("X")),
                owners=_by(_COORDINATOR),
                missing=_evaluation,
                gates=("proposal-evaluation", "field-approval"),
                after=("proposal",),
                form="evaluate_proposal",
                label="Record the evaluation",
                left_out="The evaluation and the decision to renew take the place of a proposal.",
            ),
            Stage(
                id="approval",
                title="Approval of the proposal",
                clauses=_at(_d("IX.A.3"), _d("X")),
                owners=MappingProxyType(
                    {
                        Level.NATIONAL: (Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY),
                        Level.REGIONAL: (Role.REGIONAL_ADMINISTRATOR,),
                        Level.AREA: (Role.AREA_DIRECTOR, Role.REGIONAL_ADMINISTRATOR),
                    }
                ),
                missing=_approval,
                gates=("proposal-approval", "field-approval"),
                after=("proposal", "input", "evaluation"),
                form="ask_approval",
                label="Ask for approval",
                left_out="The evaluation and the decision to renew take the place of a proposal.",
            ),
            Stage(
                id="draft",
                title="Draft agreement and preliminary work plan",
                clauses=_everywhere(_d("IX.A.4")),
                owners=_by(_COORDINATOR),
                missing=_draft,
                gates=("draft-agreed",),
                after=("decision", "approval"),
                form="draft_agreement",
                label="Write the draft",
                left_out="",
            ),
            Stage(
                id="criteria",
                title="Checklist of VII.C and worker representation",
                clauses=_everywhere(_d("VII.C (last)")),
                owners=_by(_COORDINATOR),
                missing=_gate("criteria-answered", "worker-representation", "worker-participation"),
                gates=("criteria-answered", "worker-representation", "worker-participation"),
                after=("draft",),
                form="answer_criteria",
                label="Answer the criteria",
                left_out="",
            ),
            Stage(
                id="language",
                title="Language reviewed for endorsement",
                clauses=_everywhere(_d("XII.A")),
                owners=_by(_COORDINATOR),
                missing=_gate("agreement-language"),
                gates=("agreement-language",),
                after=("draft",),
                form="record_gates",
                label="Record the review",
                left_out="",
            ),
            Stage(
                id="comments",
                title="Comments of every region and directorate",
                clauses=_everywhere(_d("VIII.A.3")),
                owners=_by(_COORDINATOR),
                missing=_gate("comments-asked"),
                gates=("comments-asked",),
                after=("draft",),
                form="ask_comments",
                label="Ask for comments",
                left_out="Comments are asked on drafts of national alliances.",
            ),
            Stage(
                id="conformity",
                title="Review by DCSP for conformity",
                clauses=_everywhere(_d("VIII.A.5")),
                owners=_by((Role.DCSP_STAFF, Role.OOSA_DIRECTOR)),
                missing=_gate("conformity-review"),
                gates=("conformity-review",),
                after=("draft",),
                form="ask_approval",
                label="Ask for the review",
                left_out="DCSP reviews Region-wide drafts.",
            ),
            Stage(
                id="consistency",
                title="Review by the Regional Office for programmatic consistency",
                clauses=_everywhere(_d("VIII.D.1")),
                owners=_by((Role.REGIONAL_COORDINATOR, Role.REGIONAL_ADMINISTRATOR)),
                missing=_gate("regional-review"),
                gates=("regional-review",),
                after=("draft",),
                form="ask_approval",
                label="Ask for the review",
                left_out="The Regional Office reviews drafts of area alliances.",
            ),
            Stage(
                id="solicitor",
                title="Approval by the Solicitor of Labor",
                clauses=_at(_d("VIII.A.4"), _d("VIII.C.5")),
                owners=_by((Role.SOLICITOR,)),
                missing=_gate("solicitor-approval"),
                gates=("solicitor-approval",),
                after=("draft", "comments", "conformity"),
                form="ask_approval",
                label="Ask for approval",
                left_out="Area alliances need it only when an administrator asks (reading A07).",
            ),
            Stage(
                id="special",
                title="Additional approval for special signatories",
                clauses=_everywhere(cite("FAQ F-5")),
                owners=_by((Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY)),
                missing=_gate("special-approval"),
                gates=("special-approval",),
                after=("draft",),
                form="ask_approval",
                label="Ask for approval",
                left_out="No signatory is a for-profit entity, Tribe, Whistleblower Protection Entity or consulate.",
                needed=_special,
            ),
            Stage(
                id="agreed",
                title="Draft and work plan agreed by both sides",
                clauses=_everywhere(_d("IX.A.6")),
                owners=_by(_COORDINATOR),
                missing=_gate("draft-agreed"),
                gates=("draft-agreed",),
                after=("draft",),
                form="record_gates",
                label="Record the agreement",
                left_out="",
            ),
            Stage(
                id="signatures",
                title="Signatures, the last OSHA signature last",
                clauses=_everywhere(_d("IX.A.7")),
                owners=MappingProxyType(
                    {
                        Level.NATIONAL: (Role.ASSISTANT_SECRETARY,),
                        Level.REGIONAL: (Role.REGIONAL_ADMINISTRATOR,),
                        Level.AREA: (Role.AREA_DIRECTOR,),
                    }
                ),
                missing=_signed,
                gates=("signers",),
                after=(
                    *("decision", "proposal", "input", "evaluation", "approval", "draft", "criteria", "language"),
                    *("comments", "conformity", "consistency", "solicitor", "special", "agreed"),
                ),
                form="sign_agreement",
                label="Record signatures",
                left_out="",
            ),
        )
    }
)
