"""Bring the obligations on record in line with what the rules ask: open, settle and redate them, plan notices."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, Notice, NoticeStatus, Obligation
from models.offices import Office
from operations.actor import Actor, office_day, process
from operations.gather_program import Owing
from operations.office_settings import InForce, settings_in_force
from operations.remind.lapse_requests import lapse_requests
from operations.remind.plan_notices import plan_notices, rewrite_messages, shows_a_change
from policy.duties import Due, Status

CHECKER = process("rule check")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Obligations on record with their notices, and what is needed of the offices: read once for many alliances."""

    #: By alliance (None: the program); what was compared is taken out.
    known: dict[int | None, dict[uuid.UUID, Obligation]]
    planned: Mapping[uuid.UUID, list[Notice]]
    #: Ids of the messages that nobody began to post yet.
    folded: Container[uuid.UUID]
    offices: Mapping[int, Office]
    settings: Mapping[int, InForce]
    #: Ids of the obligations whose messages have to be rewritten.
    changed: set[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison found."""

    today: date
    duties: tuple[Due, ...]
    opened: tuple[Due, ...]
    settled: tuple[Due, ...]


def open_ledger(session: Session, chosen: ColumnElement[bool], *, changed: Iterable[uuid.UUID] = ()) -> Ledger:
    """Lock and read some obligations, their unsent messages and their notices: one query a table, in this order.

    Who owes them is locked already: first the alliances, then the program. The messages of the obligations in
    `changed` are rewritten whatever a comparison finds.
    """
    mine = select(Obligation.id).where(chosen)
    known: dict[int | None, dict[uuid.UUID, Obligation]] = {}
    for row in session.scalars(select(Obligation).where(chosen).order_by(Obligation.id).with_for_update()):
        known.setdefault(row.alliance_id, {})[row.id] = row
    folded = _lock_unsent(session, mine)
    # Locked, so that what is being folded or claimed at this moment is neither cancelled nor lost.
    notices = select(Notice).where(Notice.obligation_id.in_(mine)).order_by(Notice.id).with_for_update()
    planned: dict[uuid.UUID, list[Notice]] = {}
    for notice in session.scalars(notices.execution_options(populate_existing=True)):
        planned.setdefault(notice.obligation_id, []).append(notice)
    offices = {office.id: office for office in session.scalars(select(Office))}
    return Ledger(known, planned, folded, offices, settings_in_force(session), set(changed))


def close_ledger(session: Session, ledger: Ledger, *, now: datetime) -> None:
    """Write what was compared, and ask once for every message that has to be rewritten."""
    session.flush()
    lapse_requests(session, ledger.changed, now=now)
    rewrite_messages(session, ledger.changed)


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


def compare_duties(session: Session, ledger: Ledger, of: Owing, *, by: Actor, now: datetime) -> Found:
    """Compare the duties of an alliance or of the program with the ledger, on the day it is at its office."""
    today = office_day(now, of.timezone)
    duties = of.duties_on(today)
    known = ledger.known.pop(of.alliance_id, {})
    offices = {office.code: office.id for office in ledger.offices.values()}
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
        _follow(row, due, of, offices.get(of.asked(due) or "", of.office_id), by=by)
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
    ledger.changed.update(row.id for row, _ in touched if shows_a_change(row))
    for row, duty in touched:
        plan_notices(
            session,
            row,
            duty,
            ledger.offices,
            ledger.planned.get(row.id, []),
            folded=ledger.folded,
            today=today,
            now=now,
            closures=of.closures,
            settings=ledger.settings[row.office_id].stages,
        )
    # A duty that opens already settled is history, not news.
    return Found(today, duties, tuple(opened), tuple(d for d in settled if d not in opened))


def _open(due: Due, of: Owing, now: datetime) -> Obligation:
    return Obligation(
        id=due.id,
        alliance_id=of.alliance_id,
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
        owner=str(due.owner),
        created_at=now,
        changed_at=now,
    )


def _follow(row: Obligation, due: Due, of: Owing, office_id: int, *, by: Actor) -> None:
    """Let an obligation follow its duty: dates, counts, settlement, and the office that leads or was asked."""
    unsettled = due.status.unsettled
    row.opens_on, row.due_on = due.opens_on, due.due_on
    row.required, row.held = due.required, due.held
    row.planned = None if due.meetings is None else list(due.meetings.planned)
    row.owner, row.detail = str(due.owner), of.detail(due)
    if not row.passed_on:
        row.office_id = office_id
    if unsettled:
        row.settled = row.settled_on = row.settled_by = row.reason = None
    elif row.settled != due.status.value:
        row.settled, row.settled_by = due.status.value, by.name
    if not unsettled:
        row.settled_on, row.reason = due.settled_on, due.reason
        row.snoozed_until = row.snoozed_by = None


def _note(session: Session, of: Owing, due: Due, what: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=f"obligation:{what}",
        subject=of.subject,
        data={"obligation": due.id, "rule": due.rule, "period": str(due.period or ""), "due_on": due.due_on},
    )
