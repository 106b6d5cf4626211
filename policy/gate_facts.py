"""What is on record of an agreement in preparation, or of a product: the frozen input of every gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy.criteria import Answer
from policy.editions import Edition
from policy.facts import Level, Recommendation
from policy.participants import Participant


class Official(StrEnum):
    """The office that somebody holds when they approve, review or sign."""

    AREA_DIRECTOR = "Area Director"
    REGIONAL_ADMINISTRATOR = "Regional Administrator"
    DCSP_LEADERSHIP = "leadership of DCSP"
    OAS = "Office of the Assistant Secretary"
    SOLICITOR = "Solicitor of Labor"
    SECRETARY = "Secretary of Labor"
    ASSISTANT_SECRETARY = "Assistant Secretary"
    #: Of a participant: "senior executive representatives" (IX.A.7).
    SENIOR_OFFICIAL = "senior official"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Something that somebody did on a day: an evaluation, an approval, a review."""

    by: str
    on: date
    #: The office in which they did it; None where any member of staff may.
    official: Official | None = None
    #: Name of the OSHA office for which they did it; None for the Agency as a whole.
    office: str | None = None
    #: The official for whom a designee acted; both names are kept.
    acting_for: str | None = None


@dataclass(frozen=True, slots=True)
class SpecialApproval:
    """The additional approval of a participant of a kind that FAQ F-5 names."""

    participant: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class WorkerRepresentation:
    """How workers are represented; each in words, None when nothing is on record."""

    #: The union that signs (VII.C.3.a).
    union_signatory: str | None = None
    #: How workers take part in developing and carrying out the agreement (VII.C.3.b).
    worker_involvement: str | None = None
    #: The community-based labor group that takes part (VII.C.3.c).
    community_labor_group: str | None = None
    #: The reasonable effort made to secure worker participation (FAQ F-9), successful or not.
    effort: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who is to sign."""

    name: str
    #: None when nobody has recorded in what office they sign.
    official: Official | None
    #: Name of the OSHA office, or the participant's.
    of: str
    #: The official for whom a designee signs.
    acting_for: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product that is to be published."""

    #: None while nobody has said.
    free_of_charge: bool | None = None
    #: Who was asked to review it under the Guidelines, and who has done so.
    reviewers_asked: frozenset[str] = frozenset()
    reviewed_by: frozenset[str] = frozenset()
    #: None while nobody has looked.
    states_responsibilities_and_rights: bool | None = None
    language_reviewed: OnRecord | None = None
    #: Words of its texts that the check marked and nobody has decided on.
    undecided_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateFacts:
    """All that the gates may know of one agreement in preparation, or of one product.

    Raises:
        ValueError: when `renewal_skips` names a gate that no office may leave out.
    """

    level: Level
    #: The edition that will govern: the one in force on the day of the step.
    edition: Edition
    #: Names of the OSHA offices concerned, the lead office first.
    offices: tuple[str, ...] = ()
    #: Area alliances: name of each Regional Office above them.
    regional_offices: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()
    renewal: bool = False

    #: Approvals that no longer count, as what they approved was changed since: by the gate, each a sentence.
    void: tuple[tuple[str, str], ...] = ()

    proposal_on: date | None = None
    #: The draft work plan that comes with the proposal (IX.A.1).
    draft_work_plan_on: date | None = None
    #: Of the proposal (IX.A.2, X).
    evaluation: OnRecord | None = None
    regional_input_on: date | None = None
    directorate_input_on: date | None = None
    #: Of the proposal (IX.A.3, X).
    approvals: tuple[OnRecord, ...] = ()

    #: The draft agreement and the preliminary work plan as both sides agreed on them (IX.A.4, IX.A.6).
    agreement_agreed_by_osha_on: date | None = None
    agreement_agreed_by_participants_on: date | None = None
    preliminary_work_plan_agreed_on: date | None = None
    #: National alliances: the offices of every Regional Administrator and directorate head (VIII.A.3).
    comments_due_from: frozenset[str] = frozenset()
    comments_asked_of: frozenset[str] = frozenset()
    #: By DCSP, of a Region-wide draft (VIII.A.5).
    conformity_review: OnRecord | None = None
    #: By each Regional Office, of an area draft (VIII.D.1).
    regional_reviews: tuple[OnRecord, ...] = ()
    solicitor_approval: OnRecord | None = None
    #: An administrator asks for the Solicitor's approval of an area alliance too (A07).
    solicitor_asked_for: bool = False
    workers: WorkerRepresentation = field(default_factory=WorkerRepresentation)
    criteria: tuple[Answer, ...] = ()
    #: A person has decided on the language of the agreement (XII.A).
    language_reviewed: OnRecord | None = None
    #: Words of its texts that the check marked and nobody has decided on.
    undecided_words: tuple[str, ...] = ()
    special_approvals: tuple[SpecialApproval, ...] = ()
    signers: tuple[Signer, ...] = ()

    product: Product | None = None

    #: Of the alliance at the end of its term (IX.C.1-3).
    performance_evaluated_on: date | None = None
    evaluation_discussed_on: date | None = None
    recommendation: Recommendation | None = None
    decided_on: date | None = None
    #: The record of meeting goals, in words (VII.C.4.k).
    goals_record: str | None = None

    #: Gates that the office leaves out when an alliance is renewed.
    renewal_skips: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for gate in sorted(self.renewal_skips):
            skippable(gate)


#: The rounds of comment and review that an office may leave out when it renews. What the text asks of every
#: agreement (workers, criteria, language, signers, additional approval) cannot be left out.
SKIPPABLE = frozenset({"comments-asked", "conformity-review", "solicitor-approval", "regional-review"})


def skippable(gate: str) -> str:
    """Give back the id of a gate that an office may leave out of a renewal.

    Raises:
        ValueError: It may not.
    """
    if gate not in SKIPPABLE:
        raise ValueError(f"“{gate}” cannot be left out of a renewal; only {', '.join(sorted(SKIPPABLE))} can.")
    return gate
