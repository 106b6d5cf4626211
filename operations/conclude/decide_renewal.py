"""Record what was recommended at the end of a term, and decided (CSP 04-01-002 IX.C.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import RenewalDecision
from models.gates import DRAFT
from operations.actor import Actor
from operations.establish.record_gates import is_named
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.gather_gate_facts import gather_gate_facts
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
from policy.words import count
from policy.words import day as spelled


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
    A decision to renew passes the gates of renewing: the evaluation, its discussion, the record of `goals` met
    (VII.C.4.k); management takes it, and `decided_by` names who (None: who records it).

    Raises:
        GatesOpen: A decision to renew, and one of its gates is open on that day.
        Refused: A day is impossible, the agreement is not one of this alliance, or an extension is incomplete.
        AlreadyDone: The decision is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.DECIDE_RENEWAL, now=now)
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
    if recommendation is Recommendation.RENEW and decided_on is not None:
        _refuse_own_recommendation(by, decided_by)
        _refuse_unready(session, opened, recommendation, decided_on)
    if decision is None:
        decision = RenewalDecision(alliance_id=alliance_id, agreement_id=agreement_id)
        session.add(decision)
    decision.recommendation, decision.reasons = recommendation.value, reasons
    decision.recommended_on, decision.decided_on = recommended_on, decided_on
    decision.decided_by = (decided_by or by.name) if decided_on is not None else None
    decision.extended_until, decision.expectations = extended_until, expectations
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="renewal:decided" if decided_on is not None else "renewal:recommended",
        subject=opened.subject,
        data={
            "agreement": agreement_id,
            "recommendation": recommendation.value,
            "reasons": reasons,
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


def _refuse_own_recommendation(by: Actor, decided_by: str | None) -> None:
    """Refuse a decision that nobody of management took: the recommendation goes to management (IX.C.3)."""
    own = decided_by is None or is_named(by, decided_by)
    if own and not any(position.role in MANAGEMENT for position in by.positions):
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
