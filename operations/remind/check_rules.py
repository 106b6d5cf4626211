"""Compare the records with the rules: open, settle and redate obligations, and plan their notices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Notice, Obligation
from models.offices import Office
from operations.actor import Actor, office_day, process
from operations.gather_facts import Gathered, gather
from operations.remind.plan_notices import plan_notices
from policy.check import check
from policy.duties import Due, Status

CHECKER = process("rule check")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change of the records did to the duties of one alliance."""

    of: Gathered
    today: date
    #: What was recorded: "meeting:12"; None after a plain check.
    record: str | None
    opened: tuple[Due, ...]
    settled: tuple[Due, ...]
    #: All duties as they stand, settled ones too.
    duties: tuple[Due, ...] = field(repr=False)

    @property
    def remaining(self) -> tuple[Due, ...]:
        """What is still to be done, in order of due date."""
        return tuple(due for due in self.duties if due.status.unsettled)


def recheck(session: Session, alliance_id: int, *, by: Actor, now: datetime, record: str) -> Outcome:
    """Check the rules for one alliance after a change, in the same transaction."""
    session.flush()
    return check_rules(session, by=by, now=now, ids=[alliance_id], record=record)[0]


def check_rules(
    session: Session,
    *,
    now: datetime,
    ids: Sequence[int] | None = None,
    by: Actor = CHECKER,
    record: str | None = None,
) -> list[Outcome]:
    """Check the rules for some alliances, or all, each on the day it is at its lead office."""
    obligations = select(Obligation).with_for_update().order_by(Obligation.id)
    notices = select(Notice).join(Obligation, Obligation.id == Notice.obligation_id)
    if ids is not None:
        obligations = obligations.where(Obligation.alliance_id.in_(ids))
        notices = notices.where(Obligation.alliance_id.in_(ids))
    known: dict[int, dict[uuid.UUID, Obligation]] = {}
    for row in session.scalars(obligations):
        known.setdefault(row.alliance_id, {})[row.id] = row
    planned: dict[uuid.UUID, list[Notice]] = {}
    for notice in session.scalars(notices):
        planned.setdefault(notice.obligation_id, []).append(notice)
    offices = {office.id: office for office in session.scalars(select(Office))}
    outcomes = []
    for of in gather(session, ids):
        outcome, touched = _compare(session, of, known.pop(of.facts.id, {}), by=by, now=now, record=record)
        for row, due in touched:
            office, existing = offices[row.office_id], planned.get(row.id, [])
            plan_notices(session, row, due, office, existing, today=outcome.today, now=now)
        outcomes.append(outcome)
    session.flush()
    return outcomes


def _compare(
    session: Session,
    of: Gathered,
    known: dict[uuid.UUID, Obligation],
    *,
    by: Actor,
    now: datetime,
    record: str | None,
) -> tuple[Outcome, list[tuple[Obligation, Due | None]]]:
    """Bring one alliance's obligations in line; return what happened and the rows whose notices may change."""
    today = office_day(now, of.timezone)
    duties = check(of.facts, today)
    opened, settled = [], []
    touched: list[tuple[Obligation, Due | None]] = []
    for due in duties:
        row = known.pop(due.id, None)
        if row is None:
            row = _open(due, of, now)
            session.add(row)
            opened.append(due)
            _note(session, of, due, "opened", by=CHECKER, now=now)
        was_unsettled = row.settled is None
        _follow(row, due, of, by=by)
        if session.is_modified(row):
            row.changed_at = now
        if was_unsettled and row.settled is not None:
            settled.append(due)
            _note(session, of, due, row.settled, by=by, now=now)
        elif not was_unsettled and row.settled is None:
            _note(session, of, due, "reopened", by=by, now=now)
        touched.append((row, due))
    for row in known.values():
        # The records no longer cause this duty: a date was corrected, a record withdrawn.
        if row.settled is None and row.opens_on <= today:
            row.settled, row.settled_on, row.settled_by = Status.LIFTED.value, today, by.name
            row.reason, row.changed_at = "the records no longer ask for it", now
            touched.append((row, None))
    # A duty that opens already settled is history, not news.
    outcome = Outcome(of, today, record, tuple(opened), tuple(d for d in settled if d not in opened), duties)
    return outcome, touched


def _open(due: Due, of: Gathered, now: datetime) -> Obligation:
    return Obligation(
        id=due.id,
        alliance_id=of.facts.id,
        office_id=of.office_id,
        passed_on=False,
        rule=due.rule,
        subject=due.subject,
        period=str(due.period) if due.period else None,
        # The edition is copied when the duty opens; a later edition never rewrites history.
        edition=due.edition,
        carried_over=due.carried_over,
        clauses=[clause.name for clause in due.clauses],
        basis=due.basis.value,
        modality=due.modality.value,
        owner=due.owner.value,
        created_at=now,
        changed_at=now,
    )


def _follow(row: Obligation, due: Due, of: Gathered, *, by: Actor) -> None:
    """Let an obligation follow its duty: dates, counts, settlement, and the office that leads."""
    unsettled = due.status.unsettled
    row.opens_on, row.due_on = due.opens_on, due.due_on
    row.required, row.held = due.required, due.held
    if not row.passed_on:
        row.office_id = of.office_id
    if unsettled:
        row.settled = row.settled_on = row.settled_by = row.reason = None
    elif row.settled != due.status.value:
        row.settled, row.settled_by = due.status.value, by.name
    if not unsettled:
        row.settled_on, row.reason = due.settled_on, due.reason
        row.snoozed_until = row.snoozed_by = None


def _note(session: Session, of: Gathered, due: Due, what: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=f"obligation:{what}",
        subject=f"alliance:{of.facts.id}",
        data={"obligation": due.id, "rule": due.rule, "period": str(due.period or ""), "due_on": due.due_on},
    )
