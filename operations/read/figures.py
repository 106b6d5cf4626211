"""What is counted for those who run the program's software: what waits, what failed, what is late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Message, NoticeStatus, Obligation, Schedule
from models.offices import Office, Person, Position
from operations.actor import office_day
from policy.duties import Basis, Modality
from policy.standing import status_while_unsettled

UNSENT = (NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN, NoticeStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, at one moment."""

    #: Messages that stand in Slack, by kind.
    sent: dict[str, int]
    #: Messages that do not, by kind and status.
    unsent: dict[tuple[str, str], int]
    #: Since when the oldest message waits that is to be sent now; None where none does.
    oldest: datetime | None
    #: Duties that are not settled, by rule and status.
    duties: dict[tuple[str, str], int]
    #: How many channels of offices, and how many people who hold a position, Slack refuses.
    offices_out_of_reach: int
    people_out_of_reach: int
    #: Alliances over which a rule failed.
    check_failures: int
    #: When each schedule last ran, by its name.
    ran: dict[str, datetime]


def read_figures(session: Session, *, now: datetime) -> Figures:
    """Count, over all offices; an hour of a large program takes a second at most."""
    by_status = session.execute(
        select(Message.kind, Message.status, func.count()).group_by(Message.kind, Message.status)
    ).all()
    waits = Message.status.in_([NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN])
    not_held = or_(Message.held_until.is_(None), Message.held_until <= now)
    return Figures(
        sent={kind: number for kind, status, number in by_status if status == NoticeStatus.SENT},
        unsent={(kind, status): number for kind, status, number in by_status if status in UNSENT},
        oldest=session.scalar(select(func.min(Message.created_at)).where(waits, not_held)),
        duties=_duties(session, now),
        offices_out_of_reach=_count(session, Office.unreachable_since),
        people_out_of_reach=_people_out_of_reach(session, now),
        check_failures=_count(session, Alliance.check_failure),
        ran={row.name: row.ran_until for row in session.scalars(select(Schedule))},
    )


def _duties(session: Session, now: datetime) -> dict[tuple[str, str], int]:
    groups = (Obligation.rule, Obligation.basis, Obligation.modality, Obligation.due_on, Office.timezone)
    rows = session.execute(
        select(*groups, func.count())
        .join(Office, Office.id == Obligation.office_id)
        .where(Obligation.settled.is_(None))
        .group_by(*groups)
    )
    found: Counter[tuple[str, str]] = Counter()
    for rule, basis, modality, due_on, timezone, number in rows:
        today = office_day(now, timezone)
        found[rule, status_while_unsettled(due_on, Basis(basis), today, Modality(modality)).value] += number
    return dict(found)


def _people_out_of_reach(session: Session, now: datetime) -> int:
    """Count those who hold a position today: who has left is sent nothing any more."""
    positions = (
        select(Person.id, Position.held_until, Office.timezone)
        .join(Position, Position.person_id == Person.id)
        .join(Office, Office.id == Position.office_id)
        .where(Person.unreachable_since.is_not(None))
    )
    held = session.execute(positions)
    return len({id for id, until, timezone in held if until is None or until >= office_day(now, timezone)})


def _count(session: Session, column: object) -> int:
    return session.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]  # any column
