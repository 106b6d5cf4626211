"""Compare the records with the rules: open, settle and redate obligations, and plan their notices."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from operations.actor import Actor, office_day, process
from operations.gather_facts import Gathered, gather
from operations.records.open_alliance import lock_alliances
from operations.remind.plan_notices import plan_notices, rewrite_messages, shows_a_change
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


def recheck(
    session: Session,
    alliance_id: int,
    *,
    by: Actor,
    now: datetime,
    record: str,
    changed: Iterable[uuid.UUID] = (),
) -> Outcome:
    """Check the rules for one alliance after a change, in the same transaction.

    `changed` are obligations whose messages have to be rewritten whatever the check finds.
    """
    session.flush()
    return check_rules(session, by=by, now=now, ids=[alliance_id], record=record, changed=changed)[0]


def check_rules(
    session: Session,
    *,
    now: datetime,
    ids: Sequence[int] | None = None,
    by: Actor = CHECKER,
    record: str | None = None,
    changed: Iterable[uuid.UUID] = (),
) -> list[Outcome]:
    """Check the rules for some alliances, or all, each on the day it is at its lead office."""
    lock_alliances(session, ids)
    mine = select(Obligation.id)
    obligations = select(Obligation).order_by(Obligation.id).with_for_update()
    if ids is not None:
        mine = mine.where(Obligation.alliance_id.in_(ids))
        obligations = obligations.where(Obligation.alliance_id.in_(ids))
    known: dict[int, dict[uuid.UUID, Obligation]] = {}
    for row in session.scalars(obligations):
        known.setdefault(row.alliance_id, {})[row.id] = row
    folded = _lock_unsent(session, mine)
    # Locked, so that what is being folded or claimed at this moment is neither cancelled nor lost.
    notices = select(Notice).where(Notice.obligation_id.in_(mine)).order_by(Notice.id).with_for_update()
    planned: dict[uuid.UUID, list[Notice]] = {}
    for notice in session.scalars(notices.execution_options(populate_existing=True)):
        planned.setdefault(notice.obligation_id, []).append(notice)
    offices = {office.id: office for office in session.scalars(select(Office))}
    outcomes, rewritten = [], set(changed)
    for of in gather(session, ids):
        outcome, touched = _compare(session, of, known.pop(of.facts.id, {}), by=by, now=now, record=record)
        rewritten |= {row.id for row, _ in touched if shows_a_change(row)}
        for row, due in touched:
            office, existing = offices[row.office_id], planned.get(row.id, [])
            plan_notices(session, row, due, office, existing, folded=folded, today=outcome.today, now=now)
        outcomes.append(outcome)
    session.flush()
    rewrite_messages(session, rewritten)
    return outcomes


def _lock_unsent(session: Session, obligations: Select[uuid.UUID]) -> set[uuid.UUID]:
    """Lock the messages of some obligations that do not stand in Slack yet; return those nobody began to post.

    Delivery locks a message before its notices; whoever changes notices does the same.
    """
    unsent = select(Message.id, Message.status).where(
        Message.id.in_(select(Notice.message_id).where(Notice.obligation_id.in_(obligations))),
        Message.status.in_([NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN]),
    )
    locked = session.execute(unsent.order_by(Message.id).with_for_update())
    return {id for id, status in locked if status == NoticeStatus.PENDING}


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
