"""What no position may be: of another kind of office, beyond all days, held twice, or the last administrator's end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.offices import Office, Person, Position
from models.requests import Request
from operations.actor import Actor, office_day, office_line, office_midnight
from operations.records.read_cells import FIRST_DAY
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.approval import ApprovalStatus
from policy.requests import RequestStatus
from policy.rights import Role
from policy.seats import may_give, seats_at
from policy.words import day as spelled

#: A position begins and ends no further ahead, in calendar days: 2 years, one of them a leap year.
FURTHEST = timedelta(days=731)


def refuse_wrong_seat(role: Role, office: Office) -> None:
    """Let pass a position that is held at offices of this kind.

    Raises:
        Refused: The sentence says what stands in the way.
    """
    if role not in seats_at(office.kind):
        raise Refused(f"{office.name} is of the kind “{office.kind}”: there is no {role} there.", field="role")


def refuse_not_to_give(session: Session, by: Actor, role: Role, office: Office) -> None:
    """Let pass who may give this position there.

    Raises:
        NotAllowed: The sentence says what stands in the way.
    """
    if not may_give(role, by.positions, office_line(session, office.id)):
        raise NotAllowed(
            f"You may not say who is {role} of {office.name}: it takes an administrator, or an official whose own "
            "position may do all that this one may.",
            field="role",
        )


def refuse_days(office: Office, held_from: date, held_until: date | None, now: datetime) -> None:
    """Let pass days that can be meant, in their order.

    Raises:
        Refused: The sentence says what stands in the way.
    """
    furthest = office_day(now, office.timezone) + FURTHEST
    for day, field in ((held_from, "since"), (held_until, "until")):
        if day is not None and not FIRST_DAY <= day <= furthest:
            raise Refused(f"{spelled(day)} is too far away; check the year.", field=field)
    if held_until is not None and held_until < held_from:
        raise Refused(
            f"The last day, {spelled(held_until)}, lies before the first, {spelled(held_from)}.", field="until"
        )


def refuse_overlap(session: Session, position: Position, name: str, *, until: date | None) -> None:
    """Let pass a position up to a last day (None: without one) that its holder has in no other entry on these days.

    Raises:
        AlreadyDone: The sentence says what stands in the way.
    """
    same = select(Position).where(
        Position.id.is_distinct_from(position.id),
        Position.person_id == position.person_id,
        Position.office_id == position.office_id,
        Position.role == position.role,
        Position.acting_for_id.is_not_distinct_from(position.acting_for_id),
        Position.held_from <= (until or date.max),
        or_(Position.held_until.is_(None), Position.held_until >= position.held_from),
    )
    with session.no_autoflush:
        known = session.scalars(same.limit(1)).one_or_none()
    if known is not None:
        to = "" if known.held_until is None else f" to {spelled(known.held_until)}"
        raise AlreadyDone(
            f"{name} is {position.role} there from {spelled(known.held_from)}{to} already; nothing changed.",
            field="person",
        )


def refuse_beyond_official(session: Session, position: Position, until: date) -> None:
    """Let pass a last day of a designee on which the official holds the position.

    Raises:
        Refused: The sentence says what stands in the way.
    """
    if position.acting_for_id is None:
        return
    held = select(Position.id).where(
        Position.person_id == position.acting_for_id,
        Position.office_id == position.office_id,
        Position.role == position.role,
        Position.acting_for_id.is_(None),
        Position.held_from <= until,
        or_(Position.held_until.is_(None), Position.held_until >= until),
    )
    if session.scalar(held.limit(1)) is None:
        official = session.get_one(Person, position.acting_for_id).name
        raise Refused(
            f"{official} does not hold the position on {spelled(until)}: a designee acts no longer than that.",
            field="until",
        )


def refuse_last_administrator(session: Session, position: Position, office: Office, last_day: date) -> None:
    """Let pass what leaves an administrator at the top from the day after on, with no last day of their own.

    Raises:
        Refused: The sentence says what stands in the way.
    """
    if position.role != Role.ADMINISTRATOR or office.parent_id is not None or position.acting_for_id is not None:
        return
    if not administrators(session, office, last_day + timedelta(days=1)) - {position.id}:
        raise Refused(
            f"This is the last administrator of {office.name}: give the position to somebody else first.", field="until"
        )


def administrators(session: Session, office: Office, on: date) -> set[int]:
    """Return the ids of the positions in which somebody administers an office on a day, with no last day."""
    held = select(Position.id).where(
        Position.office_id == office.id,
        Position.role == Role.ADMINISTRATOR.value,
        Position.acting_for_id.is_(None),
        Position.held_from <= on,
        Position.held_until.is_(None),
    )
    return set(session.scalars(held))


def refuse_later_designee(session: Session, position: Position, last_day: date) -> None:
    """Let pass a last day after which nobody begins to act for who held the position.

    Raises:
        Refused: The sentence says what stands in the way.
    """
    if position.acting_for_id is not None:
        return
    later = session.execute(
        select(Person.name, Position.held_from)
        .join(Position, Position.person_id == Person.id)
        .where(
            Position.acting_for_id == position.person_id,
            Position.office_id == position.office_id,
            Position.role == position.role,
            Position.held_from > last_day,
        )
        .order_by(Position.held_from)
    ).first()
    if later is not None:
        raise Refused(
            f"{later.name} is to act for this position from {spelled(later.held_from)}: let the position end later, or "
            "take the designee back first.",
            field="until",
        )


def refuse_asked_for(session: Session, designee: Position, office: Office) -> None:
    """Let pass the taking back of a designee who asked for nothing that waits: the official may not decide that.

    Raises:
        Refused: Something waits that was asked while they acted for the official.
    """
    since = office_midnight(designee.held_from, office.timezone)
    for asked, status in ((Approval, ApprovalStatus.OPEN), (Request, RequestStatus.OPEN)):
        waits = select(asked.id).where(
            asked.asked_by_id == designee.person_id, asked.status == status.value, asked.asked_at >= since
        )
        if session.scalar(waits.limit(1)) is not None:
            name = session.get_one(Person, designee.person_id).name
            raise Refused(
                f"{name} has asked officials for something since they were named, and it waits: let the position end "
                "instead, or have them withdraw what they asked.",
            )
