"""Record what was recommended at the end of a term, and decided (CSP 04-01-002 IX.C.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import RenewalDecision
from operations.actor import Actor, allowed
from operations.approve.drafts import latest_draft
from operations.approve.keep_draft import write_draft
from operations.conclude.recommendation import read_recommendation
from operations.establish.refuse_before_officials import refuse_decision_by_hand
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.gather_gate_facts import gather_gate_facts
from operations.named_person import is_named
from operations.records.gate_records import Done, write_gate_records
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.dates import Term, add_months, terms_of
from policy.facts import Recommendation
from policy.gate_records import MANAGEMENT, RecordKind
from policy.parameters import extension_warning_months
from policy.procedure import ProcedureStep
from policy.rights import Role, Verb
from policy.subjects import DRAFT, RENEWAL
from policy.words import count
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Recommended:
    """What is recommended at the end of a term."""

    recommendation: Recommendation
    reasons: str
    recommended_on: date
    #: Of a conditional extension: its last day, and the expectations.
    extended_until: date | None = None
    expectations: str | None = None


def decide_renewal(
    session: Session,
    *,
    alliance_id: int,
    agreement_id: int,
    recommendation: Recommendation,
    reasons: str,
    recommended_on: date,
    decided_on: date | None,
    decided_by: str | None = None,
    goals: str | None = None,
    extended_until: date | None = None,
    expectations: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record the recommendation for the term of one agreement; the decision may follow.

    A conditional extension sets its last day in written expectations (IX.C.3.b) and is followed by another decision.
    Management takes each decision, and `decided_by` names who (None: who records it). One to renew passes the gates of
    renewing: the evaluation, its discussion, the record of `goals` met (VII.C.4.k).

    Raises:
        GatesOpen: A decision to renew, and one of its gates is open on that day.
        Refused: A day is impossible, the agreement is not one of this alliance, an extension is incomplete, or nobody
            of management is named.
        AlreadyDone: The decision is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.DECIDE_RENEWAL, now=now)
    told = Recommended(recommendation, reasons, recommended_on, extended_until, expectations)
    return record_decision(
        session, opened, agreement_id, told, decided_on=decided_on, decided_by=decided_by, goals=goals, by=by, now=now
    )


def record_decision(
    session: Session,
    opened: Opened,
    agreement_id: int,
    told: Recommended,
    *,
    decided_on: date | None,
    decided_by: str | None,
    goals: str | None = None,
    by_chain: bool = False,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record it for who may, or for the officials whose chain has decided it (`by_chain`); the alliance is locked.

    Raises:
        As `decide_renewal` does, but for the right.
    """
    alliance_id, recommendation, recommended_on = opened.row.id, told.recommendation, told.recommended_on
    extended_until, expectations = told.extended_until, told.expectations
    if agreement_id not in {agreement.id for agreement in opened.of.facts.agreements}:
        raise Refused("This term is no longer on record; open the form again.")
    refuse_impossible_day(opened, recommended_on, field="recommended_on", what="a recommendation")
    if decided_on is not None:
        refuse_impossible_day(opened, decided_on, field="decided_on", what="a decision")
        if decided_on < recommended_on:
            raise Refused(
                f"The decision cannot lie before the recommendation of {spelled(recommended_on)}.",
                field="decided_on",
            )
    term = next(term for term in terms_of(opened.of.facts) if term.agreement.id == agreement_id)
    decision = _begun(session, agreement_id, decided_on)
    if recommendation is Recommendation.EXTEND:
        _refuse_bad_extension(term.in_effect_until(opened.today), decided_on, extended_until, expectations)
    else:
        extended_until = expectations = None
    if goals:
        write_gate_records(session, alliance_id, DRAFT, [Done(RecordKind.GOALS, text=goals)], by=by, now=now)
    if decided_on is not None and not by_chain:
        refuse_decision_by_hand(session, opened, agreement_id, field="decided_on")
        _refuse_own_recommendation(session, opened, by, decided_by)
    if recommendation is Recommendation.RENEW and decided_on is not None:
        _refuse_unready(session, opened, recommendation, decided_on)
    if decision is None:
        decision = RenewalDecision(alliance_id=alliance_id, agreement_id=agreement_id)
        session.add(decision)
    decision.recommendation, decision.reasons = recommendation.value, told.reasons
    decision.recommended_on, decision.decided_on = recommended_on, decided_on
    decision.decided_by = (decided_by or by.name) if decided_on is not None else None
    decision.extended_until, decision.expectations = extended_until, expectations
    session.flush()
    _keep_version(session, alliance_id, agreement_id, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="renewal:decided" if decided_on is not None else "renewal:recommended",
        subject=opened.subject,
        data={
            "agreement": agreement_id,
            "recommendation": recommendation.value,
            "reasons": told.reasons,
            "recommended_on": recommended_on,
            "decided_on": decided_on,
            "decided_by": decision.decided_by,
            "goals": goals,
            "extended_until": extended_until,
            "expectations": expectations,
        },
    )
    outcome = recheck(session, alliance_id, by=by, now=now, record=f"decision:{decision.id}")
    return replace(outcome, warnings=tuple(_warnings(term, decided_on, extended_until)))


def _keep_version(session: Session, alliance_id: int, agreement_id: int, *, by: Actor, now: datetime) -> None:
    """Void what is before management of an earlier recommendation, where this one says something else."""
    subject, content = f"{RENEWAL}:{agreement_id}", read_recommendation(session, alliance_id, agreement_id)
    if content is not None and latest_draft(session, alliance_id, subject) is not None:
        write_draft(session, alliance_id, subject, content, by=by, now=now)


def _refuse_own_recommendation(session: Session, opened: Opened, by: Actor, decided_by: str | None) -> None:
    """Refuse a decision that nobody of management took: each of the three recommendations goes there (IX.C.3)."""
    own = decided_by is None or is_named(session, by, decided_by)
    manages = replace(by, positions=tuple(position for position in by.positions if position.role in MANAGEMENT))
    if own and not allowed(session, manages, Verb.DECIDE_RENEWAL, office_codes=opened.of.facts.offices):
        roles = ", ".join(role.value for role in Role if role in MANAGEMENT)
        raise Refused(
            "Name who decided: the recommendation goes to management (CSP 04-01-002 IX.C.3), as a rule one of: "
            f"{roles}.",
            field="decided_by",
        )


def _refuse_unready(session: Session, opened: Opened, recommendation: Recommendation, decided_on: date) -> None:
    facts = gather_gate_facts(session, opened.of, on=decided_on)
    as_decided = replace(facts, recommendation=recommendation, decided_on=decided_on)
    refuse_open_gates(session, opened.of, step=ProcedureStep.RENEW, on=decided_on, facts=as_decided)


def _begun(session: Session, agreement_id: int, decided_on: date | None) -> RenewalDecision | None:
    """Return the recommendation that waits for its decision; a new one may follow a conditional extension."""
    rows = session.scalars(
        select(RenewalDecision).where(RenewalDecision.agreement_id == agreement_id).order_by(RenewalDecision.id)
    ).all()
    for row in rows:
        if row.decided_on is None:
            return row
        last = row.recommendation != Recommendation.EXTEND
        if last or decided_on == row.decided_on:
            raise AlreadyDone(
                f"The decision of {spelled(row.decided_on)} ({row.recommendation}) is already on record for this term.",
                field="decided_on",
            )
    return None


def _refuse_bad_extension(
    runs_until: date, decided_on: date | None, until: date | None, expectations: str | None
) -> None:
    """Refuse an extension that is decided without a last day and expectations, or that grants nothing."""
    if decided_on is not None and until is None:
        raise Refused(
            "Give the date that the written expectations set (CSP 04-01-002 IX.C.3.b).", field="extended_until"
        )
    if until is not None and until <= max(runs_until, decided_on or runs_until):
        raise Refused(
            f"The term runs until {spelled(runs_until)} as it is: an extension lasts longer, and beyond the day "
            "of its decision.",
            field="extended_until",
        )
    if until is not None and not expectations:
        raise Refused(
            "Write down the expectations of improved performance (CSP 04-01-002 IX.C.3.b).", field="expectations"
        )
    if until is None and expectations:
        raise Refused("Give the date by which the expectations are to be met.", field="extended_until")


def _warnings(term: Term, decided_on: date | None, until: date | None) -> Iterator[str]:
    if decided_on is None or until is None:
        return
    begins, months = max(decided_on, term.expires_on), extension_warning_months(decided_on)
    if until > add_months(begins, months):
        yield (
            f"The extension runs more than {count(months, 'month')} from {spelled(begins)}; it is recorded, and a "
            "renewal may be the clearer choice (reading A13)."
        )
