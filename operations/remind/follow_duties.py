"""Bring the obligations on record in line with what the rules ask: open, settle and redate them, plan notices."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Notice, Obligation
from operations.actor import Actor, process
from operations.gather_program import Owing
from operations.remind.compare_duties import FOLLOWED, Compared, Ledger, compare_duties, followed, read_ledger
from operations.remind.lapse_requests import lapse_requests
from operations.remind.lock_messages import lock_messages
from operations.remind.plan_notices import plan_notices, rewrite_messages, shows_a_change
from policy.duties import Due, Status

CHECKER = process("rule check")


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, and whether it had to write anything."""

    of: Owing
    today: date
    duties: tuple[Due, ...]
    opened: tuple[Due, ...]
    settled: tuple[Due, ...]
    look_again_on: date | None
    wrote: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """The obligations that are brought in line, locked, with what is needed for that."""

    rows: dict[uuid.UUID, Obligation]
    notices: Mapping[uuid.UUID, list[Notice]]
    #: Ids of the messages that nobody began to post yet.
    folded: Collection[uuid.UUID]
    #: Ids of the obligations whose messages have to be rewritten.
    changed: set[uuid.UUID]


def follow_duties(
    session: Session, owing: Sequence[Owing], *, by: Actor, now: datetime, changed: Iterable[uuid.UUID] = ()
) -> list[Found]:
    """Let the obligations and notices of alliances, or of the program, follow the rules; who owes them is locked.

    The messages of the obligations in `changed` are rewritten whatever is found.
    """
    ledger = read_ledger(session, [of.alliance_id for of in owing])
    compared = [compare_duties(ledger, of, now=now) for of in owing]
    ids = {id for each in compared for id in (*(due.id for due in each.differing), *each.gone)}
    changed = set(changed)
    touched = _lock(session, ids, changed) if ids or changed else None
    found = [
        Found(each.of, each.today, each.duties, (), (), each.look_again_on, wrote=False)
        if touched is None or not (each.differing or each.gone)
        else _follow_all(session, ledger, touched, each, by=by, now=now)
        for each in compared
    ]
    session.flush()
    if touched is not None:
        lapse_requests(session, touched.changed, now=now)
        rewrite_messages(session, touched.changed)
    return found


def _lock(session: Session, ids: set[uuid.UUID], changed: set[uuid.UUID]) -> Touched:
    """Lock and read some obligations, their messages and their notices: one query a table, in this order."""
    whose = select(Obligation.alliance_id).where(Obligation.id.in_(ids | changed), Obligation.alliance_id.is_not(None))
    folded = lock_messages(session, {id for id in session.scalars(whose.distinct()) if id is not None}, ids | changed)
    rows = session.scalars(
        select(Obligation).where(Obligation.id.in_(ids | changed)).order_by(Obligation.id).with_for_update()
    ).all()
    # Locked, so that what is being folded or claimed at this moment is neither cancelled nor lost.
    locked = select(Notice).where(Notice.obligation_id.in_(ids)).order_by(Notice.id).with_for_update()
    notices: dict[uuid.UUID, list[Notice]] = {}
    for notice in session.scalars(locked.execution_options(populate_existing=True)):
        notices.setdefault(notice.obligation_id, []).append(notice)
    return Touched({row.id: row for row in rows}, notices, folded, changed)


def _follow_all(
    session: Session, ledger: Ledger, touched: Touched, compared: Compared, *, by: Actor, now: datetime
) -> Found:
    of, today = compared.of, compared.today
    opened, settled = [], []
    followers: list[tuple[Obligation, Due | None]] = []
    for due in compared.differing:
        row = touched.rows.get(due.id)
        if row is None:
            row = _open(due, of, now)
            session.add(row)
            opened.append(due)
            _note(session, of, due, "opened", by=CHECKER, now=now)
        was_unsettled = row.settled is None
        _follow(row, due, of, ledger.office_of(of, due), by=by)
        if session.is_modified(row):
            row.changed_at = now
        if was_unsettled and row.settled is not None:
            settled.append(due)
            _note(session, of, due, row.settled, by=by, now=now)
        elif not was_unsettled and row.settled is None:
            _note(session, of, due, "reopened", by=by, now=now)
        followers.append((row, due))
    for id in compared.gone:
        row = touched.rows[id]
        row.settled, row.settled_on, row.settled_by = Status.LIFTED.value, today, by.name
        row.reason, row.changed_at = "the records no longer ask for it", now
        followers.append((row, None))
    touched.changed.update(row.id for row, _ in followers if shows_a_change(row))
    for row, duty in followers:
        plan_notices(
            session,
            row,
            duty,
            ledger.offices,
            touched.notices.get(row.id, []),
            folded=touched.folded,
            today=today,
            now=now,
            closures=of.closures,
            settings=ledger.settings[row.office_id].stages,
        )
    # A duty that opens already settled is history, not news.
    news = tuple(due for due in settled if due not in opened)
    return Found(of, today, compared.duties, tuple(opened), news, compared.look_again_on, wrote=True)


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
    """Let an obligation follow its duty, and say who settled it."""
    if due.status.unsettled:
        row.settled_by = None
    else:
        if row.settled != due.status.value:
            row.settled_by = by.name
        row.snoozed_by = None
    for column, value in zip(FOLLOWED, followed(row, due, of, office_id), strict=True):
        setattr(row, column.key, value)


def _note(session: Session, of: Owing, due: Due, what: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=f"obligation:{what}",
        subject=of.subject,
        data={"obligation": due.id, "rule": due.rule, "period": str(due.period or ""), "due_on": due.due_on},
    )
