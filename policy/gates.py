"""The gates: what must be on record before a step of the procedure. A gate has no date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from policy import gate_checks as check
from policy.clauses import Clause, cite
from policy.duties import Modality
from policy.editions import CSP_2015, CSP_2020, EDITIONS, Edition
from policy.facts import Level
from policy.gate_facts import SKIPPABLE, GateFacts
from policy.procedure import ProcedureStep, steps_through

ALL = (Level.NATIONAL, Level.REGIONAL, Level.AREA)
_FIELD = (Level.REGIONAL, Level.AREA)


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that stops a step of the procedure until it is on record."""

    id: str
    title: str
    before: ProcedureStep
    #: Every clause that it rests on; see `cited` for those of one level and edition.
    clauses: tuple[Clause, ...]
    #: The sentence of what is missing, or None.
    missing: Callable[[GateFacts], str | None]
    levels: tuple[Level, ...] = ALL
    editions: tuple[Edition, ...] = EDITIONS
    modality: Modality = Modality.MANDATORY
    #: Whether a renewal passes it.
    on_renewal: bool = True
    #: Clauses that speak of some levels only.
    only_at: Mapping[Clause, tuple[Level, ...]] = field(default_factory=dict)

    @property
    def skippable(self) -> bool:
        """Whether an office may leave it out of a renewal."""
        return self.id in SKIPPABLE

    def open_words(self, facts: GateFacts) -> str | None:
        """Say what is missing, and which approval was voided by a change; None when the gate is passed."""
        sentence = self.missing(facts)
        if sentence is None:
            return None
        return " ".join([sentence, *(why for gate, why in facts.void if gate == self.id)])


@dataclass(frozen=True, slots=True)
class OpenGate:
    """A gate that stops a step, and why."""

    gate: Gate
    #: What is missing, in one or more plain sentences.
    sentence: str
    #: Those of the gate's clauses that bind the level and the edition, the one to quote first.
    clauses: tuple[Clause, ...]
    #: True when the edition is silent and the older text is applied.
    carried_over: bool

    @property
    def mandatory(self) -> bool:
        """Whether the step is refused while it is open."""
        return self.gate.modality is Modality.MANDATORY

    def __str__(self) -> str:
        quoted = self.clauses[0]
        return f"{self.gate.title}: {self.sentence} [{quoted.name}: “{quoted.quoted}”]"


def _d(number: str) -> Clause:
    return cite(f"CSP 04-01-002 {number}")


def _f(number: str) -> Clause:
    return cite(f"FAQ {number}")


_ALL = (
    Gate(
        id="proposal-on-file",
        title="Proposal and draft work plan on file",
        before=ProcedureStep.EVALUATE,
        clauses=(_d("IX.A.1"),),
        missing=check.proposal,
        on_renewal=False,
    ),
    Gate(
        id="proposal-evaluation",
        title="Proposal evaluated, with the input of regions and directorates",
        before=ProcedureStep.APPROVE,
        clauses=(_d("IX.A.2"),),
        missing=check.proposal_evaluation,
        levels=(Level.NATIONAL,),
        on_renewal=False,
    ),
    Gate(
        id="proposal-approval",
        title="Proposal approved by the leadership of DCSP and by the Office of the Assistant Secretary",
        before=ProcedureStep.DRAFT,
        clauses=(_d("IX.A.3"),),
        missing=check.proposal_approval,
        levels=(Level.NATIONAL,),
        on_renewal=False,
    ),
    Gate(
        id="field-approval",
        title="Proposal evaluated and approved in the field",
        before=ProcedureStep.DRAFT,
        clauses=(_d("X"),),
        missing=check.field_approval,
        levels=_FIELD,
        on_renewal=False,
    ),
    Gate(
        id="conformity-review",
        title="Region-wide draft reviewed by DCSP for conformity",
        before=ProcedureStep.SOLICITOR_REVIEW,
        clauses=(_d("VIII.A.5"),),
        missing=check.conformity_review,
        levels=(Level.REGIONAL,),
    ),
    Gate(
        id="draft-agreed",
        title="Draft agreement and preliminary first-year work plan agreed by both sides",
        before=ProcedureStep.SIGN,
        clauses=(
            _d("IX.A.6"),
            _d("IX.A.4"),
            _d("VI.C (first year)"),
            _d("VI.B"),
            _d("Significant Changes (agreements)"),
        ),
        missing=check.draft_agreed,
    ),
    Gate(
        id="comments-asked",
        title="Comments asked of every Regional Administrator and directorate head",
        before=ProcedureStep.SIGN,
        clauses=(_d("VIII.A.3"),),
        missing=check.comments_asked,
        levels=(Level.NATIONAL,),
    ),
    Gate(
        id="solicitor-approval",
        title="Approval to sign by the Solicitor of Labor",
        before=ProcedureStep.SIGN,
        clauses=(_d("VIII.A.4"), _d("VIII.C.5"), _d("VIII.A.5")),
        missing=check.solicitor_approval,
        levels=(Level.NATIONAL, Level.REGIONAL),
        # An area alliance passes it only when an administrator asks (A07); the wider rule is then quoted.
        only_at={
            _d("VIII.A.4"): (Level.NATIONAL,),
            _d("VIII.C.5"): _FIELD,
            _d("VIII.A.5"): _FIELD,
        },
    ),
    Gate(
        id="regional-review",
        title="Area draft reviewed by the Regional Office for programmatic consistency",
        before=ProcedureStep.SIGN,
        clauses=(_d("VIII.D.1"),),
        missing=check.regional_review,
        levels=(Level.AREA,),
    ),
    Gate(
        id="worker-representation",
        title="Workers are represented where employers take part",
        before=ProcedureStep.SIGN,
        clauses=(_d("VII.C.3"), _d("VII.C.3.a"), _d("VII.C.3.b"), _d("VII.C.3.c")),
        missing=check.worker_representation,
        editions=(CSP_2015,),
    ),
    Gate(
        id="worker-participation",
        title="A reasonable effort to secure worker participation",
        before=ProcedureStep.SIGN,
        clauses=(_f("F-9 (workers)"),),
        missing=check.worker_participation,
        editions=(CSP_2020,),
    ),
    Gate(
        id="criteria-answered",
        title="Each criterion answered in the agreement or the work plan",
        before=ProcedureStep.SIGN,
        clauses=(_d("VII.C (last)"), _f("F-9")),
        missing=check.criteria_answered,
    ),
    Gate(
        id="agreement-language",
        title="No language of endorsement or preferential treatment in the agreement",
        before=ProcedureStep.SIGN,
        clauses=(_d("XII.A"), _f("F-3")),
        missing=check.agreement_language,
    ),
    Gate(
        id="special-approval",
        title="Additional approval for a for-profit entity, Tribe, Whistleblower Protection Entity or consulate",
        before=ProcedureStep.SIGN,
        clauses=(_f("F-5"),),
        missing=check.special_approval,
        editions=(CSP_2020,),
    ),
    Gate(
        id="signers",
        title="The signers are the right officials",
        before=ProcedureStep.SIGN,
        clauses=(_d("VI.D"), _d("IX.A.7"), _d("VI.D (officials)"), _d("VIII.C.2"), _d("VIII.D.2")),
        missing=check.signers,
        only_at={_d("VIII.C.2"): _FIELD, _d("VIII.D.2"): (Level.AREA,)},
    ),
    Gate(
        id="product-free",
        title="Product free of charge to the public",
        before=ProcedureStep.PUBLISH,
        clauses=(_f("F-9 (products)"), _d("VII.C.4.j")),
        missing=check.product_free,
    ),
    Gate(
        id="product-reviewed",
        title="Product reviewed under the Guidelines by the experts asked",
        before=ProcedureStep.PUBLISH,
        clauses=(_f("F-9 (Guidelines)"), _f("F-2 (Guidelines)"), _d("VIII.B.5")),
        missing=check.product_reviewed,
    ),
    Gate(
        id="product-rights",
        title="Product states employer responsibilities and worker rights",
        before=ProcedureStep.PUBLISH,
        clauses=(_d("VII.C.2"), _d("Significant Changes (products)")),
        missing=check.product_rights,
    ),
    Gate(
        id="product-language",
        title="No language of endorsement or preferential treatment in the product",
        before=ProcedureStep.PUBLISH,
        clauses=(_d("XII.A"), _f("F-3")),
        missing=check.product_language,
    ),
    Gate(
        id="renewal-decided",
        title="Evaluation, its discussion, a recommendation and its decision",
        before=ProcedureStep.RENEW,
        clauses=(_d("IX.C.3"), _d("IX.C.1"), _d("IX.C.2")),
        missing=check.renewal_decided,
    ),
    Gate(
        id="goals-record",
        title="A record of goals met, for a renewal",
        before=ProcedureStep.RENEW,
        clauses=(_d("VII.C.4.k"),),
        missing=check.goals_record,
    ),
)

GATES: Mapping[str, Gate] = MappingProxyType({gate.id: gate for gate in _ALL})


def standing_gates(facts: GateFacts, step: ProcedureStep) -> tuple[Gate, ...]:
    """Give the gates that stand before a step, open or not, those of the steps before it included."""
    through = steps_through(step, renewal=facts.renewal)
    return tuple(g for before in through for g in GATES.values() if g.before is before and applies(g, facts))


def open_gates(facts: GateFacts, step: ProcedureStep) -> tuple[OpenGate, ...]:
    """Give the gates that are open before a step, in order of step.

    A renewal passes the gates of signing again, except those of the proposal, which its evaluation and the
    decision to renew replace (and except those that its office leaves out).
    """
    found = []
    for gate in standing_gates(facts, step):
        sentence = gate.open_words(facts)
        if sentence is not None:
            clauses = cited(gate, facts.level, facts.edition)
            found.append(OpenGate(gate, sentence, clauses, carried_over(clauses, facts.edition)))
    return tuple(found)


def refusing(facts: GateFacts, step: ProcedureStep) -> tuple[OpenGate, ...]:
    """Give the mandatory gates that are open before a step: the step is refused while there is one."""
    return tuple(found for found in open_gates(facts, step) if found.mandatory)


def applies(gate: Gate, facts: GateFacts) -> bool:
    """Whether a gate stands in the way of such an agreement at all."""
    if facts.edition not in gate.editions:
        return False
    if facts.renewal and (not gate.on_renewal or gate.id in facts.renewal_skips):
        return False
    asked_for = gate.id == "solicitor-approval" and facts.solicitor_asked_for
    return facts.level in gate.levels or asked_for


def cited(gate: Gate, level: Level, edition: Edition) -> tuple[Clause, ...]:
    """Give those clauses of a gate that bind a level and an edition; the FAQ speaks of the 2020 edition only."""
    return tuple(
        clause
        for clause in gate.clauses
        if level in gate.only_at.get(clause, ALL) and (edition is not CSP_2015 or clause.edition != "FAQ")
    )


def carried_over(clauses: tuple[Clause, ...], edition: Edition) -> bool:
    """Whether the edition is silent, so that the older text is applied."""
    return edition is not CSP_2015 and all(clause.edition != "FAQ" for clause in clauses)
