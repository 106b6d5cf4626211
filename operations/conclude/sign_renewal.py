"""Record a signed renewal agreement (CSP 04-01-002 VII.B, FAQ F-10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement
from models.gates import DRAFT, GateRecord
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.editions import edition_on
from policy.parameters import renewal_term_bounds
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.words import count
from policy.words import day as spelled


def sign_renewal(
    session: Session, *, alliance_id: int, signed_on: date, term_years: int, by: Actor, now: datetime
) -> Outcome:
    """Record a renewal signed on the day of the last OSHA signature, for a term of whole years.

    The new term begins on that day, also when the one before ran out earlier (reading A14). What was recorded for
    the draft belongs to the agreement from then on.

    Raises:
        GatesOpen: A mandatory gate is open on that day.
        Refused: The day or the term is impossible, or no agreement was signed before.
        AlreadyDone: A renewal of that day is on record, or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.SIGN, now=now)
    refuse_ended(opened, field="signed_on")
    agreements = opened.of.facts.agreements
    if not agreements:
        raise Refused(f"{opened.row.name} has no signed agreement yet: there is nothing to renew.")
    refuse_impossible_day(opened, signed_on, field="signed_on", what="a renewal")
    if any(agreement.signed_on == signed_on for agreement in agreements):
        raise AlreadyDone(f"An agreement signed on {spelled(signed_on)} is already on record.", field="signed_on")
    latest = max(agreement.signed_on for agreement in agreements)
    if signed_on < latest:
        raise Refused(
            f"{spelled(signed_on)} lies before the latest agreement ({spelled(latest)}): only a later renewal can be "
            "recorded here.",
            field="signed_on",
        )
    shortest, longest = renewal_term_bounds(signed_on)
    if not shortest <= term_years <= longest:
        raise Refused(
            f"A renewal runs {shortest} to {count(longest, 'year')} (CSP 04-01-002 VII.B), not {term_years}.",
            field="term_years",
        )
    shown = refuse_open_gates(session, opened.of, step=ProcedureStep.SIGN, on=signed_on)
    agreement = Agreement(
        alliance_id=alliance_id,
        signed_on=signed_on,
        renewal=True,
        term_years=term_years,
        edition=edition_on(signed_on).name,
    )
    session.add(agreement)
    session.flush()
    session.execute(
        update(GateRecord)
        .where(GateRecord.alliance_id == alliance_id, GateRecord.subject == DRAFT)
        .values(subject=f"agreement:{agreement.id}", counted_at=now)
    )
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="renewal:signed",
        subject=opened.subject,
        data={
            "agreement": agreement.id,
            "signed_on": signed_on,
            "term_years": term_years,
            "gates_passed": [passed.gate.id for passed in shown.gates],
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"agreement:{agreement.id}")
