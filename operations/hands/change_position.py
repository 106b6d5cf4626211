"""Give a position, end one, name a designee, and take a wrong entry back; the audit keeps what stood there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.offices import Office, Person, Position
from operations.actor import Actor, office_day, require
from operations.hands.follow_hands import follow_hands
from operations.hands.lock_hands import lock_hands
from operations.hands.refuse_closed import refuse_closed
from operations.hands.refuse_position import (
    refuse_asked_for,
    refuse_beyond_official,
    refuse_days,
    refuse_last_administrator,
    refuse_later_designee,
    refuse_not_to_give,
    refuse_overlap,
    refuse_wrong_seat,
)
from operations.read.ownerless import Ownerless, read_ownerless
from operations.refusals import AlreadyDone, Refused
from policy.rights import Role, Verb
from policy.words import day as spelled

#: What a change that can be taken back is called: "position:" and the id of the change.
RECORD = "position"
GIVEN, ENDED, TAKEN_BACK = "position:given", "position:ended", "position:taken-back"


@dataclass(frozen=True, slots=True)
class PositionChange:
    """A change of who holds what, and what it leaves without an owner."""

    person: str
    role: Role
    office_code: str
    office_name: str
    held_from: date
    held_until: date | None
    #: The official for whom the person acts.
    acting_for: str | None
    #: What has no owner from the day after, and had one before.
    left: Ownerless
    #: How many duties that the person had go back to the office at once.
    returned: int
    #: What takes it back: "position:" and an id; None for what took something back.
    record: str | None


def hold_position(
    session: Session,
    *,
    slack_id: str,
    name: str,
    role: Role,
    office_code: str,
    held_from: date,
    held_until: date | None = None,
    by: Actor,
    now: datetime,
) -> PositionChange:
    """Give somebody a position from one day of the office to another, both included; past days are allowed.

    Somebody whom nobody entered yet is entered by `name`.

    Raises:
        Refused: The office or a day is impossible, or the position belongs to another kind of office.
        NotAllowed: No position of who asks allows it, or not to give this one.
        AlreadyDone: The person holds it on one of these days already.
    """
    lock_hands(session)
    office = _office(session, office_code)
    require(session, by, Verb.NAME_PEOPLE, office_codes=[office.code])
    refuse_wrong_seat(role, office)
    refuse_not_to_give(session, by, role, office)
    refuse_days(office, held_from, held_until, now)
    person = session.scalar(select(Person).where(Person.slack_id == slack_id))
    if person is None:
        person = Person(slack_id=slack_id, name=name.strip() or slack_id)
        session.add(person)
        session.flush()
    position = Position(person_id=person.id, office_id=office.id, role=role.value, held_from=held_from)
    position.held_until = held_until
    refuse_overlap(session, position, person.name, until=held_until)
    return _give(session, position, by=by, now=now)


def name_designee(
    session: Session,
    *,
    position_id: int,
    slack_id: str,
    name: str,
    held_from: date,
    held_until: date,
    by: Actor,
    now: datetime,
) -> PositionChange:
    """Let somebody act for who holds a position, between two days of the office, both included.

    The official does it, or who may say who holds positions there.

    Raises:
        Refused: A day is impossible, or the official does not hold the position on all of these days.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: The person acts for the official on one of these days already.
    """
    lock_hands(session)
    held = _position(session, position_id)
    office, official = session.get_one(Office, held.office_id), session.get_one(Person, held.person_id)
    require(session, by, Verb.NAME_DESIGNEE, office_codes=[office.code])
    if by.person_id != held.person_id:
        require(session, by, Verb.NAME_PEOPLE, office_codes=[office.code])
        refuse_not_to_give(session, by, Role(held.role), office)
    if held.acting_for_id is not None:
        raise Refused(f"{official.name} acts for somebody: who holds the position names designees.", field="position")
    refuse_days(office, held_from, held_until, now)
    if held_until < office_day(now, office.timezone):
        raise Refused(f"{spelled(held_until)} has passed: name a last day that is still to come.", field="until")
    if held_from < held.held_from or held_until > (held.held_until or date.max):
        until = "" if held.held_until is None else f" to {spelled(held.held_until)}"
        raise Refused(
            f"{official.name} is {held.role} from {spelled(held.held_from)}{until}: a designee acts within these days.",
            field="until" if held_from >= held.held_from else "since",
        )
    person = session.scalar(select(Person).where(Person.slack_id == slack_id))
    if person is None:
        person = Person(slack_id=slack_id, name=name.strip() or slack_id)
        session.add(person)
        session.flush()
    if person.id == official.id:
        raise Refused("Nobody is their own designee; choose somebody else.", field="person")
    position = Position(person_id=person.id, office_id=office.id, role=held.role, held_from=held_from)
    position.held_until, position.acting_for_id = held_until, official.id
    refuse_overlap(session, position, person.name, until=held_until)
    return _give(session, position, by=by, now=now)


def end_position(session: Session, *, position_id: int, last_day: date, by: Actor, now: datetime) -> PositionChange:
    """Let a position end with a day of its office; the designees of who held it end with it.

    Duties that the person had, and what is asked of them, go on to others once that day is over.

    Raises:
        Refused: The day lies before the first, or too far ahead, or after that of the official for whom a designee
            acts; the last administrator would be gone.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: It ends on that day as it is, or the person holds it until then by another entry.
    """
    lock_hands(session)
    position = _position(session, position_id)
    office = session.get_one(Office, position.office_id)
    require(session, by, Verb.NAME_PEOPLE, office_codes=[office.code])
    refuse_not_to_give(session, by, Role(position.role), office)
    if position.held_until == last_day:
        raise AlreadyDone(f"It ends on {spelled(last_day)} already; nothing changed.", field="until")
    if last_day < position.held_from:
        raise Refused(
            f"It began on {spelled(position.held_from)}: an entry that was wrong from the beginning is taken back "
            "instead.",
            field="until",
        )
    refuse_days(office, position.held_from, last_day, now)
    if last_day > (position.held_until or date.max):
        _refuse_longer(session, position, last_day)
    refuse_last_administrator(session, position, office, last_day)
    refuse_later_designee(session, position, last_day)
    before = read_ownerless(session, now=now, on=last_day + timedelta(days=1))
    ends = [position, *_designees(session, position, last_day)]
    changes = [{"position": row.id, "before": row.held_until, "after": last_day} for row in ends]
    for row in ends:
        row.held_until = last_day
    return _changed(session, position, ENDED, {"changes": changes}, before, last_day=last_day, by=by, now=now)


def undo_position(session: Session, *, record: str, by: Actor, now: datetime) -> PositionChange:
    """Take back the change that a record names: a position that was given is gone, one that was ended goes on.

    Raises:
        Refused: There is no such change, or the position was changed since, or the last administrator would be gone, or
            the official for whom a designee acts has left since.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: It was taken back before, or the person was given the position anew since.
    """
    lock_hands(session)
    entry = _entry(session, record, (GIVEN, ENDED))
    if _entry(session, record, (TAKEN_BACK,), missing=True) is not None:
        raise AlreadyDone("This was undone before; nothing changed.")
    changes = entry.data["changes"]
    rows = [session.get(Position, change["position"], populate_existing=True) for change in changes]
    for row, change in zip(rows, changes, strict=True):
        if row is None or _plain(row.held_until) != change["after"]:
            raise Refused("This position was changed since; nothing changed.")
    position = rows[0]
    if position is None:
        raise LookupError(record)
    office = session.get_one(Office, position.office_id)
    if position.acting_for_id is None or by.person_id != position.acting_for_id:
        require(session, by, Verb.NAME_PEOPLE, office_codes=[office.code])
        refuse_not_to_give(session, by, Role(position.role), office)
    today = office_day(now, office.timezone)
    before = read_ownerless(session, now=now, on=today)
    if entry.action == GIVEN:
        refuse_last_administrator(session, position, office, today - timedelta(days=1))
        _refuse_used(session, position, office)
        told = _told(session, position, before.none, None, 0)
        session.delete(position)
    else:
        told = None
        # What is refused is not half done.
        with session.begin_nested():
            for row, change in zip(rows, changes, strict=True):
                if row is not None:
                    row.held_until = None if change["before"] is None else date.fromisoformat(change["before"])
                    session.flush()
                    _refuse_longer(session, row, row.held_until)
    data = {"of": entry.action, "changes": changes, "undone": record.partition(":")[2]}
    done = _changed(session, position, TAKEN_BACK, data, before, last_day=today, by=by, now=now, told=told)
    session.flush()
    return done


def _refuse_longer(session: Session, position: Position, until: date | None) -> None:
    """Let pass a later last day that runs into no other entry of the person, nor outlasts the official."""
    refuse_overlap(session, position, session.get_one(Person, position.person_id).name, until=until)
    if until is not None:
        refuse_beyond_official(session, position, until)


def _refuse_used(session: Session, position: Position, office: Office) -> None:
    """Let pass the taking back of a position on which nothing rests: no designee, nor what a designee asked."""
    if position.acting_for_id is not None:
        refuse_asked_for(session, position, office)
    elif _designees(session, position, date.min):
        raise Refused("A designee is entered for this position; take that back first.")


def _give(session: Session, position: Position, *, by: Actor, now: datetime) -> PositionChange:
    session.add(position)
    session.flush()
    change = {"position": position.id, "before": None, "after": position.held_until}
    data = {"changes": [change], "acting_for": position.acting_for_id, "from": position.held_from}
    nothing = read_ownerless(session, now=now).none
    return _changed(session, position, GIVEN, data, nothing, last_day=None, by=by, now=now)


def _changed(
    session: Session,
    position: Position,
    action: str,
    data: dict[str, Any],
    before: Ownerless,
    *,
    last_day: date | None,
    by: Actor,
    now: datetime,
    told: PositionChange | None = None,
) -> PositionChange:
    """Note a change in the audit, let the duties follow, and say what it leaves without an owner."""
    office = session.get_one(Office, position.office_id)
    person = session.get_one(Person, position.person_id)
    change = uuid.uuid4()
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=action,
        subject=f"office:{office.code}",
        data=data | {"change": change, "person": person.slack_id, "name": person.name, "role": position.role},
    )
    returned = follow_hands(session, now=now)
    left = before.none
    if last_day is not None:
        after = read_ownerless(session, now=now, on=max(last_day + timedelta(days=1), office_day(now, office.timezone)))
        left = after.without(before)
    record = None if action == TAKEN_BACK else f"{RECORD}:{change}"
    if told is not None:
        return PositionChange(
            told.person,
            told.role,
            told.office_code,
            told.office_name,
            told.held_from,
            told.held_until,
            told.acting_for,
            left,
            returned,
            record,
        )
    return _told(session, position, left, record, returned)


def _told(session: Session, position: Position, left: Ownerless, record: str | None, returned: int) -> PositionChange:
    office = session.get_one(Office, position.office_id)
    official = None if position.acting_for_id is None else session.get_one(Person, position.acting_for_id).name
    return PositionChange(
        session.get_one(Person, position.person_id).name,
        Role(position.role),
        office.code,
        office.name,
        position.held_from,
        position.held_until,
        official,
        left,
        returned,
        record,
    )


def _office(session: Session, code: str) -> Office:
    office = session.scalar(select(Office).where(Office.code == code))
    if office is None:
        raise Refused(f"There is no office with the code “{code}”.", field="office")
    refuse_closed(session, office, field="office")
    return office


def _position(session: Session, position_id: int) -> Position:
    position = session.get(Position, position_id, populate_existing=True)
    if position is None:
        raise Refused("This position is no longer on record; ask again with /alliance people.", field="position")
    return position


def _designees(session: Session, position: Position, last_day: date) -> list[Position]:
    """List the entries of who acts for the holder of a position beyond a day."""
    if position.acting_for_id is not None:
        return []
    query = select(Position).where(
        Position.acting_for_id == position.person_id,
        Position.office_id == position.office_id,
        Position.role == position.role,
        Position.held_from <= last_day if last_day > date.min else Position.held_from >= position.held_from,
        or_(Position.held_until.is_(None), Position.held_until > last_day),
    )
    return list(session.scalars(query.order_by(Position.id)))


def _entry(session: Session, record: str, actions: tuple[str, ...], *, missing: bool = False) -> AuditEntry | Any:
    key = "undone" if missing else "change"
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action.in_(actions), AuditEntry.data.contains({key: record.partition(":")[2]}))
        .limit(1)
    ).one_or_none()
    if entry is None and not missing:
        raise Refused("This record cannot be undone here.")
    return entry


def _plain(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
