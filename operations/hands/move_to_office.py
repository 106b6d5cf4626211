"""Bring alliances, positions and what is open from one office to another: the parts of a move, a merger, a split."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office, Position
from models.plans import CommentRequest
from operations.actor import Actor
from operations.change_settings import CHECKED_AT_ONCE
from operations.remind.check_rules import check_rules
from operations.remind.look_again import ask_for_check

DAY = timedelta(days=1)


def replace_office(session: Session, alliance_ids: Collection[int], old: Office, new: Office) -> tuple[int, ...]:
    """Let the new office stand where the old one stood, in the same rank; returns the alliances, which are locked."""
    rows = session.scalars(
        select(AllianceOffice)
        .where(AllianceOffice.alliance_id.in_(alliance_ids))
        .order_by(AllianceOffice.alliance_id, AllianceOffice.rank)
    )
    offices: dict[int, list[int]] = {}
    for row in rows:
        offices.setdefault(row.alliance_id, []).append(row.office_id)
    moved = []
    for alliance_id, ids in offices.items():
        if old.id in ids:
            # Where the new one took part already it takes the better of the two ranks.
            set_offices(session, alliance_id, dict.fromkeys(new.id if id == old.id else id for id in ids))
            moved.append(alliance_id)
    return tuple(moved)


def set_offices(session: Session, alliance_id: int, office_ids: Iterable[int]) -> None:
    """Write the offices of an alliance, the lead office first."""
    for row in session.scalars(select(AllianceOffice).where(AllianceOffice.alliance_id == alliance_id)).all():
        session.delete(row)
    session.flush()
    session.add_all(
        AllianceOffice(alliance_id=alliance_id, office_id=id, rank=rank) for rank, id in enumerate(office_ids)
    )
    session.flush()


def move_open(session: Session, old: Office, new: Office, alliance_ids: Collection[int] | None = None) -> None:
    """Bring what is open at an office to another: duties passed on to it, and comments asked of it.

    Of some alliances, or of all (None). What is settled or answered stays where it was.
    """
    duties = select(Obligation).where(Obligation.office_id == old.id, Obligation.settled.is_(None))
    asked = select(CommentRequest).where(CommentRequest.office_id == old.id, CommentRequest.answered_on.is_(None))
    if alliance_ids is not None:
        duties = duties.where(Obligation.alliance_id.in_(alliance_ids))
        asked = asked.where(CommentRequest.alliance_id.in_(alliance_ids))
    for duty in session.scalars(duties.order_by(Obligation.id).with_for_update()):
        if duty.passed_on:
            duty.office_id = new.id
    for request in session.scalars(asked.order_by(CommentRequest.id)):
        same = select(CommentRequest.id).where(
            CommentRequest.alliance_id == request.alliance_id,
            CommentRequest.office_id == new.id,
            CommentRequest.subject == request.subject,
            CommentRequest.asked_on == request.asked_on,
        )
        if session.scalar(same) is None:
            request.office_id = new.id
    session.flush()


def move_positions(
    session: Session, positions: Iterable[Position], new: Office, today: date
) -> tuple[tuple[int, int], ...]:
    """Let positions be held at another office from today on; until yesterday they were held where they were."""
    moved = []
    for row in positions:
        if row.held_from >= today:
            row.office_id = new.id
            moved.append((row.id, row.id))
            continue
        there = session.scalars(
            select(Position).where(
                Position.office_id == new.id,
                Position.person_id == row.person_id,
                Position.role == row.role,
                Position.acting_for_id.is_not_distinct_from(row.acting_for_id),
                Position.held_from <= (row.held_until or date.max),
                or_(Position.held_until.is_(None), Position.held_until >= today),
            )
        ).first()
        until, row.held_until = row.held_until, today - DAY
        if there is None:
            there = Position(
                person_id=row.person_id,
                office_id=new.id,
                role=row.role,
                held_from=today,
                held_until=until,
                acting_for_id=row.acting_for_id,
            )
            session.add(there)
            session.flush()
        else:
            # Held at both: at the other office it is held on the days of either.
            there.held_from = min(there.held_from, today)
            there.held_until = (
                None if None in {until, there.held_until} else max(until or today, there.held_until or today)
            )
        moved.append((row.id, there.id))
    session.flush()
    return tuple(moved)


def still_held(session: Session, office: Office, today: date) -> list[Position]:
    """List the positions of an office that are held today or to come."""
    query = select(Position).where(
        Position.office_id == office.id, or_(Position.held_until.is_(None), Position.held_until >= today)
    )
    return list(session.scalars(query.order_by(Position.id)))


def concerned(session: Session, office: Office) -> list[int]:
    """List the alliances in which an office takes part, or of which it owes something."""
    part = select(AllianceOffice.alliance_id).where(AllianceOffice.office_id == office.id)
    owed = select(Obligation.alliance_id).where(
        Obligation.office_id == office.id, Obligation.settled.is_(None), Obligation.alliance_id.is_not(None)
    )
    asked = select(CommentRequest.alliance_id).where(
        CommentRequest.office_id == office.id, CommentRequest.answered_on.is_(None)
    )
    return sorted(session.scalars(part.union(owed, asked)))


def check_moved(session: Session, ids: Collection[int], *, by: Actor, now: datetime, tried: bool) -> bool:
    """Check the rules for the alliances that moved: at once, or by the workers where there are too many.

    Returns whether it is left to the workers. What is only `tried`, to be rolled back, checks nothing.
    """
    session.flush()
    later = len(ids) > CHECKED_AT_ONCE
    if later and not tried:
        ask_for_check(session, now=now)
    elif ids and not tried:
        check_rules(session, now=now, by=by, ids=sorted(ids))
    return later
