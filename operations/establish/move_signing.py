"""Count an original agreement from another day: that of its last OSHA signature, which was recorded wrongly.

CSP 04-01-002 VI.D, VII.B. What rests on its years stops it; what goes with a year goes with the same year anew.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement
from models.duties import Obligation
from models.plans import WorkPlan
from models.requests import Request
from operations.actor import Actor
from operations.establish.make_agreement import refuse_term
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.gather_gate_facts import gather_gate_facts
from operations.read.history import what_rests
from operations.records.open_alliance import Opened
from operations.refusals import Refused
from operations.remind.lock_messages import lock_messages
from policy.dates import add_years
from policy.duties import DUTIES, Period
from policy.editions import edition_on
from policy.procedure import ProcedureStep
from policy.requests import RequestStatus
from policy.words import day as spelled

#: What the audit calls it.
CORRECTED = "agreement:corrected"
#: The gate that closes with the signatures themselves.
_SIGNERS = ("signers",)
#: No agreement has more years on record.
_MOST_YEARS = 60


def refuse_gates_then(session: Session, opened: Opened, agreement: Agreement, on: date) -> None:
    """Let pass an OSHA signature of an original agreement on a day on which its gates were passed.

    Raises:
        GatesOpen: One was open on that day.
    """
    unsigned = replace(opened.of, facts=replace(opened.of.facts, agreements=()))
    facts = gather_gate_facts(session, unsigned, on=on, subject=f"agreement:{agreement.id}")
    refuse_open_gates(session, unsigned, step=ProcedureStep.SIGN, on=on, facts=facts, but=_SIGNERS)


def refuse_move(session: Session, opened: Opened, agreement: Agreement, to: date, *, field: str) -> None:
    """Let pass another day of an original agreement where nothing on record stands against it.

    Raises:
        Refused: The sentence names what stands against it, and what to do.
    """
    if agreement.term_years is not None:
        refuse_term(to, agreement.term_years, renewal=False)
    rests = what_rests(session, opened.row.id, before=to)
    if rests is not None:
        raise Refused(
            f"This would move the day of the agreement from {spelled(agreement.signed_on)} to {spelled(to)}, and "
            f"{rests}: undo that first (/alliance correct), correct the signature, and record it again.",
            field=field,
        )


def move_signing(
    session: Session, opened: Opened, agreement: Agreement, to: date, *, reason: str, by: Actor, now: datetime
) -> None:
    """Give an original agreement another day; the caller has let it pass, and has the duties checked again.

    The audit keeps what it said before.
    """
    before, edition = agreement.signed_on, agreement.edition
    lock_messages(session, [opened.row.id])
    content = {column.key: getattr(agreement, column.key) for column in Agreement.__mapper__.columns}
    agreement.signed_on, agreement.edition = to, edition_on(to).name
    plans = _move_plans(session, opened.row.id, before, to)
    if agreement.edition == edition:
        _move_duties(session, agreement, before, to, now=now)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=CORRECTED,
        subject=opened.subject,
        data={"agreement": agreement.id, "signed_on": to, "record": content, "plans": plans, "reason": reason},
    )


def _move_plans(session: Session, alliance_id: int, before: date, to: date) -> list[dict[str, object]]:
    """Let the plan of each year be that of the same year anew; return which, with the day that each began before."""
    years = {add_years(before, n): add_years(to, n) for n in range(_MOST_YEARS)}
    rows = select(WorkPlan).where(WorkPlan.alliance_id == alliance_id).order_by(WorkPlan.first)
    plans = [plan for plan in session.scalars(rows) if plan.first in years]
    moved = []
    # One after the other, so that no two plans have one year meanwhile.
    for plan in reversed(plans) if to > before else plans:
        moved.append({"plan": plan.id, "first": plan.first})
        plan.first = years[plan.first]
        session.flush()
    return moved


def _move_duties(session: Session, agreement: Agreement, before: date, to: date, *, now: datetime) -> None:
    """Let the duties of a year or of the term be owed for the same one anew: with who has them, and what is asked.

    Those of the year as it was stay on record; the check lifts them.
    """
    periods = {str(_year(before, n)): str(_year(to, n)) for n in range(_MOST_YEARS)}
    if agreement.term_years is not None:
        periods[str(_term(before, agreement.term_years))] = str(_term(to, agreement.term_years))
    rows = session.scalars(
        select(Obligation)
        .where(
            Obligation.alliance_id == agreement.alliance_id,
            Obligation.subject.in_([f"alliance:{agreement.alliance_id}", f"agreement:{agreement.id}"]),
            Obligation.settled.is_(None),
            Obligation.period.in_(periods),
        )
        .order_by(Obligation.id)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        period = periods[row.period or ""]
        id = uuid.uuid5(DUTIES, f"{row.rule}|{row.subject}|{period}")
        if session.get(Obligation, id) is not None:
            continue
        held = {column.key: getattr(row, column.key) for column in Obligation.__mapper__.columns}
        session.add(Obligation(**held | {"id": id, "period": period, "created_at": now, "changed_at": now}))
        session.flush()
        asked = Request.obligation_id == row.id, Request.status == RequestStatus.OPEN.value
        session.execute(update(Request).where(*asked).values(obligation_id=id))


def _year(anchor: date, n: int) -> Period:
    return Period(add_years(anchor, n), add_years(anchor, n + 1) - timedelta(days=1))


def _term(signed_on: date, years: int) -> Period:
    return Period(signed_on, add_years(signed_on, years))
