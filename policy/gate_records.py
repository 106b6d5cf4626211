"""What a person can put on record for the gates, kind by kind, and who may do so in their own name."""

from __future__ import annotations

from enum import StrEnum

from policy.rights import Role


class RecordKind(StrEnum):
    """A kind of record that gates read; `about` of the record says what it is about."""

    #: Of a proposal: that it was evaluated, and what regions and directorates said to it (IX.A.2, X).
    PROPOSAL_EVALUATED = "proposal-evaluated"
    REGIONAL_INPUT = "regional-input"
    DIRECTORATE_INPUT = "directorate-input"
    #: About the office whose official approved the proposal, by its code (IX.A.3, X); the details say which official.
    PROPOSAL_APPROVAL = "proposal-approval"
    AGREED_BY_OSHA = "agreed-by-osha"
    AGREED_BY_PARTICIPANTS = "agreed-by-participants"
    WORK_PLAN_AGREED = "work-plan-agreed"
    CONFORMITY_REVIEW = "conformity-review"
    #: About a Regional Office, by its code.
    REGIONAL_REVIEW = "regional-review"
    SOLICITOR_APPROVAL = "solicitor-approval"
    #: That an administrator wants the Solicitor's approval of an area alliance, too (A07).
    SOLICITOR_ASKED = "solicitor-asked"
    #: About a participant.
    SPECIAL_APPROVAL = "special-approval"
    LANGUAGE_REVIEW = "language-review"
    #: About an OSHA office, by its code, or a participant: who signs for it.
    SIGNER = "signer"
    #: About the same: that an official signed, on the day of the signature; the details hold the draft's digest.
    SIGNED = "signed"
    #: About a participant: what kind of organization it is.
    PARTICIPANT = "participant"
    #: About a signatory that does not sign the renewal, and about an organization that joins with it.
    LEAVING = "leaving"
    JOINING = "joining"
    #: What a renewal "in part" renews or changes.
    IN_PART = "in-part"
    #: About one of the fields of `policy.gate_facts.WorkerRepresentation`.
    WORKERS = "workers"
    #: About a criterion, by its number.
    CRITERION = "criterion"
    GOALS = "goals"
    EVALUATED = "evaluated"
    DISCUSSED = "discussed"
    #: About words in a text, by the hash of both: a person's decision on what the check of language marked.
    WORDS = "words"
    PRODUCT_FREE = "product-free"
    PRODUCT_RIGHTS = "product-rights"
    #: About an expert.
    PRODUCT_ASKED = "product-asked"
    PRODUCT_REVIEWED = "product-reviewed"


#: What happened on a day. A gate before a step counts only what happened by the day of the step.
DATED = frozenset(
    {
        RecordKind.SIGNED,
        RecordKind.PROPOSAL_EVALUATED,
        RecordKind.REGIONAL_INPUT,
        RecordKind.DIRECTORATE_INPUT,
        RecordKind.PROPOSAL_APPROVAL,
        RecordKind.AGREED_BY_OSHA,
        RecordKind.AGREED_BY_PARTICIPANTS,
        RecordKind.WORK_PLAN_AGREED,
        RecordKind.CONFORMITY_REVIEW,
        RecordKind.REGIONAL_REVIEW,
        RecordKind.SOLICITOR_APPROVAL,
        RecordKind.SPECIAL_APPROVAL,
        RecordKind.LANGUAGE_REVIEW,
        RecordKind.EVALUATED,
        RecordKind.DISCUSSED,
        RecordKind.PRODUCT_REVIEWED,
    }
)

#: The reviews and approvals that others than those who put the draft forward give, each with the positions
#: that may name themselves; anybody else is named by who records it, with the evidence.
APPROVALS = {
    RecordKind.CONFORMITY_REVIEW: frozenset({Role.DCSP_STAFF, Role.OOSA_DIRECTOR}),
    RecordKind.REGIONAL_REVIEW: frozenset({Role.REGIONAL_COORDINATOR, Role.REGIONAL_ADMINISTRATOR}),
    RecordKind.SOLICITOR_APPROVAL: frozenset({Role.SOLICITOR}),
    RecordKind.SPECIAL_APPROVAL: frozenset({Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY}),
}

#: What an approval puts on record for each of its seats.
SEAT_BY_SEAT = frozenset({RecordKind.PROPOSAL_APPROVAL, RecordKind.PRODUCT_REVIEWED})

#: Who decides on the end of a term (IX.C.3: "recommend to management").
MANAGEMENT = frozenset({Role.AREA_DIRECTOR, Role.REGIONAL_ADMINISTRATOR, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY})

#: What puts a draft forward: nobody approves a step they requested.
REQUESTS = frozenset({RecordKind.AGREED_BY_OSHA, RecordKind.AGREED_BY_PARTICIPANTS})
