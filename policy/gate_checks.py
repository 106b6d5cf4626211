"""What is missing at each gate: a sentence, or None when the gate is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy.criteria import checklist, unanswered, unanswered_words
from policy.facts import Level, Recommendation
from policy.gate_facts import GateFacts, Official, OnRecord, Product
from policy.participants import EMPLOYERS, SPECIAL, Participant, ParticipantKind, of_kinds, unknown
from policy.words import listing


def _joined(missing: Iterable[str]) -> str | None:
    return " ".join(missing) or None


# IX.A.1: "obtain a brief written proposal that defines the projected participants and goals and objectives of
# the proposed alliance, and a draft version of its projected work plan"
def proposal(facts: GateFacts) -> str | None:
    """The proposal and the draft of its work plan."""
    missing = []
    if facts.proposal_on is None:
        missing.append("a brief written proposal")
    if facts.draft_work_plan_on is None:
        missing.append("a draft work plan")
    return f"Not on file: {listing(missing)}." if missing else None


# IX.A.2: "Evaluate the proposal within DCSP ..., obtain similar input from Regional Administrators and other
# Directorates as appropriate"
def proposal_evaluation(facts: GateFacts) -> str | None:
    """The evaluation of a national proposal, with the input of regions and directorates."""
    missing = []
    if facts.evaluation is None:
        missing.append("the evaluation of the proposal within DCSP")
    if facts.regional_input_on is None:
        missing.append("the input of Regional Administrators")
    if facts.directorate_input_on is None:
        missing.append("the input of other directorates")
    return f"Not on record: {listing(missing)}." if missing else None


# IX.A.3: "present the proposal to the leadership of DCSP and to the OAS for approval before pursuing it further"
def proposal_approval(facts: GateFacts) -> str | None:
    """Both approvals of a national proposal."""
    given = {approval.official for approval in facts.approvals}
    missing = [f"the {o.value}" for o in (Official.DCSP_LEADERSHIP, Official.OAS) if o not in given]
    return f"Not on record: the approval of the proposal by {listing(missing)}." if missing else None


_MAY_APPROVE = {
    Level.REGIONAL: (Official.REGIONAL_ADMINISTRATOR,),
    Level.AREA: (Official.AREA_DIRECTOR, Official.REGIONAL_ADMINISTRATOR),
}


# Section X says: "with review and authority for approval by the Area Office Directors and Regional Directors"
def field_approval(facts: GateFacts) -> str | None:
    """The evaluation and approval of a field proposal."""
    officials = _MAY_APPROVE.get(facts.level, ())
    missing = []
    if facts.evaluation is None:
        missing.append("the evaluation of the proposal")
    if field_approval_given(facts) is not None:
        missing.append(f"its approval by the {' or '.join(o.value for o in officials)}")
    return f"Not on record: {listing(missing)}." if missing else None


def field_approval_given(facts: GateFacts) -> str | None:
    """The approval of a field proposal alone."""
    officials = _MAY_APPROVE.get(facts.level, ())
    if any(approval.official in officials for approval in facts.approvals):
        return None
    return f"Not on record: the approval of the proposal by the {' or '.join(o.value for o in officials)}."


# IX.A.6: "Once the draft agreement and preliminary work plan are agreed upon by the Agency and the proponent(s)"
def draft_agreed(facts: GateFacts) -> str | None:
    """The draft and the first year's preliminary work plan, as both sides agreed on them."""
    missing = []
    if facts.agreement_agreed_by_osha_on is None:
        missing.append("OSHA's agreement to the draft")
    if facts.agreement_agreed_by_participants_on is None:
        missing.append("the participants' agreement to the draft")
    if facts.preliminary_work_plan_agreed_on is None:
        missing.append("an agreed preliminary work plan for the first year")
    return f"Not on record: {listing(missing)}." if missing else None


# VIII.A.3: "Sending draft National Office Alliance agreements to Regional Administrators and directorate heads
# for comment"
def comments_asked(facts: GateFacts) -> str | None:
    """The request for comments to every region and directorate; what they answer does not stop the step."""
    if not facts.comments_due_from:
        return "It is not on record which Regional Administrators and directorate heads are to be asked."
    missing = sorted(facts.comments_due_from - facts.comments_asked_of)
    return f"Not asked for comments on the draft: {listing(missing)}." if missing else None


# VIII.A.5: "Reviewing Regional (Region-wide) Alliances to ensure they follow the guidelines in this directive"
def conformity_review(facts: GateFacts) -> str | None:
    """DCSP's review of a Region-wide draft."""
    return None if facts.conformity_review else "DCSP's review of the draft for conformity is not on record."


# VIII.C.5: "Regional Offices must wait for approval from the Solicitor of Labor before signing regional
# alliance agreements."
def solicitor_approval(facts: GateFacts) -> str | None:
    """The Solicitor's approval to sign; recorded by staff, with the approving document as evidence."""
    return None if facts.solicitor_approval else "The approval of the Solicitor of Labor is not on record."


# VIII.D.1: "submitted to the Regional Office to be reviewed for programmatic consistency"
def regional_review(facts: GateFacts) -> str | None:
    """The review by the Regional Office of each area office concerned."""
    if not facts.regional_offices:
        return "It is not on record which Regional Office reviews the draft."
    done = {review.office for review in facts.regional_reviews}
    missing = [office for office in facts.regional_offices if office not in done]
    return f"Not on record: the review for programmatic consistency by {listing(missing)}." if missing else None


# VII.C.3: "Alliances with employers and employer groups (e.g. trade associations) must also include worker
# representatives."
def worker_representation(facts: GateFacts) -> str | None:
    """One of the three ways of worker representation, where an employer takes part."""
    kindless = _kindless(facts.participants)
    if not of_kinds(facts.participants, EMPLOYERS) and kindless is None:
        return None
    if _represented(facts):
        return None
    if kindless is not None:
        return f"{kindless} With an employer or an employer group, workers must be represented."
    who = listing(p.name for p in of_kinds(facts.participants, EMPLOYERS))
    return (
        f"An employer or employer group takes part ({who}), and no worker representation is on record: a union "
        "signatory, worker involvement, or a community-based labor group."
    )


# F-9: "Making a reasonable effort to secure meaningful worker participation in the Alliance, which may be
# accomplished by, for example, having a union signatory to the Alliance"
def worker_participation(facts: GateFacts) -> str | None:
    """The effort for worker participation, or the participation itself, which shows the effort."""
    if _represented(facts) or _said(facts.workers.effort):
        return None
    return (
        "No effort to secure worker participation is on record: a union signatory, worker involvement, a "
        "community-based labor group, or what was tried."
    )


def _represented(facts: GateFacts) -> bool:
    given = facts.workers
    if any(_said(t) for t in (given.union_signatory, given.worker_involvement, given.community_labor_group)):
        return True
    unions = of_kinds(facts.participants, frozenset({ParticipantKind.LABOR_UNION}))
    return any(union.signatory for union in unions) or bool(
        of_kinds(facts.participants, frozenset({ParticipantKind.LABOR_GROUP}))
    )


def _said(text: str | None) -> bool:
    return text is not None and bool(text.strip())


def _kindless(participants: tuple[Participant, ...]) -> str | None:
    if not participants:
        return "No participant is on record."
    names = [p.name for p in unknown(participants)]
    return f"What kind of organization it is, is not on record for {listing(names)}." if names else None


# VII.C (last): "The alliance agreements and work plans must describe how each alliance will address these
# requirements."
def criteria_answered(facts: GateFacts) -> str | None:
    """An answer to each criterion of the checklist."""
    asked = checklist(facts.edition, facts.participants, renewal=facts.renewal)
    return _joined(unanswered_words(unanswered(asked, facts.criteria)))


# XII.A: "Alliance agreements and other documents must not include any language that suggests or implies that
# alliance participants will receive any preferential treatment"
def agreement_language(facts: GateFacts) -> str | None:
    """A person's decision on the words of the agreement; the check of texts only points at them."""
    return _language(facts.language_reviewed, facts.undecided_words, "the agreement")


def product_language(facts: GateFacts) -> str | None:
    """A person's decision on the words of the product."""
    product = facts.product or Product()
    return _language(product.language_reviewed, product.undecided_words, "the product")


def _language(reviewed: OnRecord | None, undecided: tuple[str, ...], what: str) -> str | None:
    missing = []
    if reviewed is None:
        missing.append(f"Nobody has reviewed the language of {what} for endorsement and preferential treatment.")
    if undecided:
        missing.append(f"These words wait for a person's decision: {listing(f'“{words}”' for words in undecided)}.")
    return _joined(missing)


# F-5: "OSHA may also sign Alliances with for-profit entities, Native American Tribes, Whistleblower Protection
# Entities, and Consulates with consideration for additional approval procedures."
def special_approval(facts: GateFacts) -> str | None:
    """The additional approval for each signatory of a special kind."""
    approved = {approval.participant for approval in facts.special_approvals}
    return _joined(_not_approved(_signatories(facts), approved))


def _signatories(facts: GateFacts) -> tuple[Participant, ...]:
    return tuple(p for p in facts.participants if p.signatory)


def _not_approved(signatories: tuple[Participant, ...], approved: set[str]) -> Iterator[str]:
    kindless = _kindless(signatories)
    if kindless is not None:
        yield kindless
    for signatory in of_kinds(signatories, SPECIAL):
        if signatory.name not in approved:
            kinds = " and ".join(sorted(kind.value for kind in signatory.kinds & SPECIAL))
            yield f"The additional approval for {signatory.name} ({kinds}) is not on record."


# VI.D: "the Regional Administrator(s) must sign regional Alliances and the Area Director(s) must sign Alliances
# developed in an Area Office(s)"
def signers(facts: GateFacts) -> str | None:
    """The right official of OSHA for each office concerned, and a senior official of each signatory."""
    return _joined([*_osha_signers(facts), *_outside_signers(facts)])


def _osha_signers(facts: GateFacts) -> Iterator[str]:
    if facts.level is Level.NATIONAL:
        if not any(s.official in {Official.SECRETARY, Official.ASSISTANT_SECRETARY} for s in facts.signers):
            yield "The Secretary, the Assistant Secretary or a designee of theirs is not among the signers."
        return
    official = Official.REGIONAL_ADMINISTRATOR if facts.level is Level.REGIONAL else Official.AREA_DIRECTOR
    if not facts.offices:
        yield "It is not on record which OSHA offices sign."
    signing = {signer.of for signer in facts.signers if signer.official is official}
    for office in facts.offices:
        if office not in signing:
            yield f"The {official.value} of {office}, or a designee, is not among the signers."


def _outside_signers(facts: GateFacts) -> Iterator[str]:
    signatories = _signatories(facts)
    if not signatories:
        yield "No outside signatory is on record."
    signing = {signer.of for signer in facts.signers if signer.official is Official.SENIOR_OFFICIAL}
    for signatory in signatories:
        if signatory.name not in signing:
            yield f"A senior official of {signatory.name} is not among the signers."


# F-9: "Any products developed through the Alliance must be made available to the public free of charge."
def product_free(facts: GateFacts) -> str | None:
    """That the public pays nothing for the product."""
    free = None if facts.product is None else facts.product.free_of_charge
    if free is None:
        return "It is not on record whether the product is free of charge to the public."
    return None if free else "The product is not free of charge to the public."


# VIII.B.5: "serving as reviewers of products developed by alliances"
def product_reviewed(facts: GateFacts) -> str | None:
    """The review by every expert who was asked, at least one."""
    product = facts.product
    if product is None or not product.reviewers_asked:
        return "No expert has been asked to review the product under the Guidelines."
    missing = sorted(product.reviewers_asked - product.reviewed_by)
    return f"Not on record: the review of the product by {listing(missing)}." if missing else None


# VII.C.2: "work to educate workers and employers about their rights and responsibilities under the Occupational
# Safety and Health Act"
def product_rights(facts: GateFacts) -> str | None:
    """That the product says what employers are responsible for and what rights workers have."""
    states = None if facts.product is None else facts.product.states_responsibilities_and_rights
    if states is None:
        return "It is not on record whether the product states employer responsibilities and worker rights."
    return None if states else "The product does not state employer responsibilities and worker rights."


# IX.C.3: "Based on the evaluation and discussion with alliance participants, recommend to management"
def renewal_decided(facts: GateFacts) -> str | None:
    """The evaluation, its discussion, the recommendation and the decision on it."""
    missing = []
    if facts.performance_evaluated_on is None:
        missing.append("the evaluation of the alliance")
    if facts.evaluation_discussed_on is None:
        missing.append("its discussion with the participants")
    if facts.recommendation is None:
        missing.append("a recommendation to management")
    if facts.decided_on is None:
        missing.append("management's decision")
    if missing:
        return f"Not on record: {listing(missing)}."
    if facts.renewal and facts.recommendation is not Recommendation.RENEW:
        decided = "" if facts.recommendation is None else facts.recommendation.value
        return f"The decision on record is “{decided}”; a renewal needs the decision to renew."
    return None


# VII.C.4.k: "For renewals, demonstrating a record of meeting Alliance Agreement goals, Work Plans, and program
# expectations."
def goals_record(facts: GateFacts) -> str | None:
    """The record of goals met; an extension or a termination needs none."""
    elsewise = facts.recommendation not in {None, Recommendation.RENEW}
    if _said(facts.goals_record) or (elsewise and not facts.renewal):
        return None
    return "No record of meeting the goals of the agreement is on file."
