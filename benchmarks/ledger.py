"""The ledger that nightly checks would have left behind: obligations, and what was said of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from psycopg import Connection
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.portfolio import TRACKED_FROM, copy, filled
from models.offices import Office
from operations.gather_facts import Gathered, gather
from operations.remind.follow_duties import CHECKER
from operations.remind.recipients import Recipient, recipients
from policy.duties import Due, Status
from policy.stages import Audience, stages

OBLIGATIONS = filled(
    "obligations",
    "id alliance_id office_id rule subject period detail opens_on due_on basis modality edition clauses carried_over"
    " owner required held planned settled settled_on settled_by reason created_at changed_at",
)
NOTICES = filled("notices", "id obligation_id stage recipient audience office_id day status message_id changed_at")
MESSAGES = filled("messages", "id office_id day channel ts status created_at sent_at")
_DAY = timedelta(days=1)
FRIDAY = 5
#: An odd number with its bits well mixed: its multiples are ids that lie apart, as those do that the product makes.
_APART = 0x9E3779B97F4A7C15F39CC0605CEDC835


def messages(offices: Sequence[tuple[Any, ...]], today: date) -> Iterator[tuple[Any, ...]]:
    """Make a sent message for each office and weekday before today."""
    for id, *_, channel in offices:
        day = TRACKED_FROM - timedelta(days=30)
        while day < today:
            day += _DAY
            if day.isoweekday() > FRIDAY:
                continue
            at = datetime.combine(day, time(14), UTC)
            yield message_of(id, day), id, day, channel, f"{at.timestamp():.6f}", "sent", at, at


@cache
def message_of(office_id: int, day: date) -> uuid.UUID:
    """Return the id of an office's message of a day."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{office_id} {day}")


def write_ledger(session: Session, ids: Sequence[int], today: date, now: datetime) -> None:
    """Write for some alliances what the checks of every day up to today would have written."""
    obligations: list[tuple[Any, ...]] = []
    notices: list[tuple[Any, ...]] = []
    offices = {office.id: office for office in session.scalars(select(Office))}

    @cache
    def told(audience: Audience, office_id: int) -> list[Recipient]:
        return list(recipients(audience, offices[office_id], offices))

    for of in gather(session, ids):
        for due in of.duties_on(today):
            obligations.append(_obligation(of, due, now))
            notices += _notices(of, due, obligations[-1][0], told, today)
    connection: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    copy(connection, OBLIGATIONS, obligations)
    copy(connection, NOTICES, notices)


def _obligation(of: Gathered, due: Due, now: datetime) -> tuple[Any, ...]:
    settled = None if due.status.unsettled else due.status.value
    return (
        due.id,
        of.alliance_id,
        of.office_id,
        due.rule,
        due.subject,
        str(due.period) if due.period else None,
        of.detail(due),
        due.opens_on,
        due.due_on,
        due.basis.value,
        due.modality.value,
        due.edition,
        [clause.name for clause in due.clauses],
        due.carried_over,
        str(due.owner),
        due.required,
        due.held,
        None if due.meetings is None else list(due.meetings.planned),
        settled,
        due.settled_on,
        None if settled is None else CHECKER.name,
        due.reason,
        now,
        now,
    )


def _notices(
    of: Gathered, due: Due, obligation: uuid.UUID, told: Callable[[Audience, int], list[Recipient]], today: date
) -> Iterator[tuple[Any, ...]]:
    """Give what was said until it was settled, and what is to be said from now on."""
    until = today if due.settled_on is None else due.settled_on
    key = obligation.int
    for stage in stages(replace(due, status=Status.OPEN), until, of.closures):
        past = stage.send_on < until
        at = datetime.combine(stage.send_on, time(14), UTC)
        status = "sent" if past else "pending" if due.settled_on is None else "cancelled"
        for who in told(stage.audience, of.office_id):
            key = (key + _APART) % 2**128
            message = message_of(who.office_id, stage.send_on) if past else None
            audience, office = who.audience.value, who.office_id
            yield (
                *(uuid.UUID(int=key), obligation, stage.name, who.name, audience, office),
                *(stage.send_on, status, message, at),
            )
