"""Record the evaluation of a proposal (CSP 04-01-002 IX.A.2, X)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.record_gates import record_gates
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.establish.revise_proposal import refuse_signed
from operations.records.gate_records import Done
from operations.records.open_alliance import open_alliance
from operations.refusals import Refused
from operations.remind.check_rules import Outcome
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import PROPOSAL


def evaluate_proposal(
    session: Session,
    *,
    alliance_id: int,
    evaluated_on: date,
    evaluated_by: str,
    findings: str,
    shared_on: date | None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record what was found of a proposal on a local day, and when that was shared with the proponents.

    Raises:
        GatesOpen: The proposal is not on file.
        Refused: Nothing is said of what was found, or a day is impossible.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    refuse_signed(opened)
    if not findings.strip():
        raise Refused("Say what was found: its value to OSHA's goals, and how it fits the directive.", field="findings")
    if shared_on is not None and shared_on < evaluated_on:
        raise Refused("The observations are shared once the proposal is evaluated.", field="shared_on")
    if shared_on is not None and shared_on > opened.today:
        raise Refused("That day is still to come; leave it empty until the observations are shared.", field="shared_on")
    refuse_open_gates(session, opened.of, step=ProcedureStep.EVALUATE, on=opened.today)
    done = Done(
        RecordKind.PROPOSAL_EVALUATED,
        on=evaluated_on,
        by=evaluated_by.strip() or by.name,
        text=findings.strip(),
        details={} if shared_on is None else {"shared_on": shared_on.isoformat()},
        field="evaluated_on",
    )
    return record_gates(session, alliance_id=alliance_id, done=[done], subject=PROPOSAL, by=by, now=now)
