"""Compare what the rules ask with the obligations and notices on record: rarely is there anything to change."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Row, Select, any_, literal, or_, select
from sqlalchemy.orm import Session

from models.duties import Notice, Obligation
from models.offices import Office
from operations.actor import office_day
from operations.gather_program import Owing
from operations.office_settings import InForce, settings_in_force
from operations.remind.plan_notices import NOTICE_COLUMNS, in_line, silence, wanted_notices
from operations.remind.recipients import Recipient, recipients
from policy.duties import Due
from policy.stages import Audience, stages

#: Columns of an obligation that follow its duty.
FOLLOWED = (
    Obligation.opens_on,
    Obligation.due_on,
    Obligation.required,
    Obligation.held,
    Obligation.planned,
    Obligation.owner,
    Obligation.detail,
    Obligation.office_id,
    Obligation.settled,
    Obligation.settled_on,
    Obligation.reason,
    Obligation.snoozed_until,
)
_FOLLOWED = len(FOLLOWED)
#: A row of columns that this file selects.
Record = Row[*tuple[Any, ...]]
_KEY = (Obligation.rule, Obligation.subject, Obligation.period)
_MORE = (Obligation.alliance_id, Obligation.id, Obligation.passed_on, Obligation.snooze_agreed_by)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Obligations on record with their notices, and what is needed of the offices: read once for many alliances."""

    #: By alliance (None: the program) and by `Due.key`.
    known: Mapping[int | None, dict[tuple[str, str, str | None], Record]]
    #: The notices of obligations that nobody settled.
    planned: Mapping[uuid.UUID, list[Record]]
    offices: Mapping[int, Office]
    #: Ids of the offices by their codes.
    ids: Mapping[str, int]
    settings: Mapping[int, InForce]
    #: Who hears of a stage of a duty that an office has, by its id: worked out once for all its duties.
    told: Callable[[int, Audience], Sequence[Recipient]]

    def office_of(self, of: Owing, due: Due) -> int:
        """Return the id of the office that has a duty unless it was passed on: the one asked, or the lead office."""
        return self.ids.get(of.asked(due) or "", of.office_id)


@dataclass(frozen=True, slots=True)
class Compared:
    """What the rules ask of an alliance or of the program, and where the records differ."""

    of: Owing
    today: date
    duties: tuple[Due, ...]
    #: Duties that are not on record, or not as they stand, or whose notices have to change.
    differing: tuple[Due, ...]
    #: Obligations on record that no record causes any longer.
    gone: tuple[uuid.UUID, ...]
    #: The next day on which a check may find something else if nothing is recorded; None for the program.
    look_again_on: date | None


def read_ledger(session: Session, owing: Sequence[int | None]) -> Ledger:
    """Read obligations, notices and offices: one query a table.

    Who owes them is locked already, so no obligation changes meanwhile. A notice may: it is being folded or posted.
    """
    alliances = [id for id in owing if id is not None]
    # The same words for any number of them: neither side has to read the statement anew.
    chosen: list[ColumnElement[bool]] = [Obligation.alliance_id == any_(literal(alliances, ARRAY(BigInteger)))]
    if None in owing:
        chosen.append(Obligation.alliance_id.is_(None))
    whose = or_(*chosen)
    known: dict[int | None, dict[tuple[str, str, str | None], Record]] = {}
    obligations: Select[*tuple[Any, ...]] = select(*FOLLOWED, *_KEY, *_MORE).where(whose)
    for row in session.execute(obligations):
        known.setdefault(row.alliance_id, {})[row[_FOLLOWED : -len(_MORE)]] = row
    unsettled = select(Obligation.id).where(whose, Obligation.settled.is_(None))
    planned: dict[uuid.UUID, list[Record]] = {}
    notices: Select[*tuple[Any, ...]] = select(*NOTICE_COLUMNS).where(Notice.obligation_id.in_(unsettled))
    for notice in session.execute(notices):
        planned.setdefault(notice[0], []).append(notice)
    offices = {office.id: office for office in session.scalars(select(Office))}
    ids = {office.code: office.id for office in offices.values()}

    @cache
    def told(office_id: int, audience: Audience) -> Sequence[Recipient]:
        return tuple(recipients(audience, offices[office_id], offices))

    return Ledger(known, planned, offices, ids, settings_in_force(session), told)


def compare_duties(ledger: Ledger, of: Owing, *, now: datetime) -> Compared:
    """Compare an alliance, or the program, with the ledger, on the day it is at its office."""
    today = office_day(now, of.timezone)
    duties = of.duties_on(today)
    known = dict(ledger.known.get(of.alliance_id, {}))
    differing, planned = [], []
    for due in duties:
        row = known.pop(due.key, None)
        office_id = ledger.office_of(of, due)
        holder = row.office_id if row is not None and row.passed_on else office_id
        if due.status.unsettled:
            planned.append(stages(due, today, of.closures, ledger.settings[holder].stages))
        if row is None or row[:_FOLLOWED] != followed(row, due, of, office_id):
            differing.append(due)
        elif due.status.unsettled:
            wanted = wanted_notices(
                due,
                planned[-1],
                partial(ledger.told, holder),
                snoozed_until=silence(row, due),
                today=today,
                closures=of.closures,
            )
            if not in_line(ledger.planned.get(row.id, ()), wanted):
                differing.append(due)
    return Compared(
        of,
        today,
        duties,
        tuple(differing),
        # The records no longer cause these: a date was corrected, a record withdrawn.
        tuple(row.id for row in known.values() if row.settled is None and row.opens_on <= today),
        of.look_again_on(today, planned),
    )


def followed(row: Record | Obligation, due: Due, of: Owing, office_id: int) -> tuple[Any, ...]:
    """Return what has to stand in the columns that follow a duty: dates, counts, settlement, the office."""
    held_by = row.office_id if row.passed_on else office_id
    planned = None if due.meetings is None else list(due.meetings.planned)
    shown = due.opens_on, due.due_on, due.required, due.held, planned, str(due.owner), of.detail(due), held_by
    if due.status.unsettled:
        return *shown, None, None, None, row.snoozed_until
    return *shown, due.status.value, due.settled_on, due.reason, None
