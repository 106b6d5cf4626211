"""Why a message is not posted yet: the hours of its office, or that the person wants no disturbance."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, BigInteger, Select, and_, any_, bindparam, literal, select, update
from sqlalchemy.orm import Session, aliased

from models import audit
from models.duties import Message, MessageKind, NoticeStatus
from models.offices import Office, Person
from operations.actor import office_day
from operations.closures import read_closures
from operations.office_settings import settings_along
from operations.records.open_program import lock_program
from operations.remind.lock_messages import lock_messages
from operations.remind.office_schedules import usable_schedule
from operations.remind.out_of_reach import DELIVERY
from policy.calendar import Closures, is_working_day
from policy.sending_times import held_until, stretched
from policy.words import clock, day

#: What a person asks or does is posted at once, and a person's own digest at the hour that the person chose.
AT_ONCE = (
    MessageKind.REQUEST,
    MessageKind.DECIDED,
    MessageKind.ASSIGNED,
    MessageKind.APPROVAL,
    MessageKind.APPROVAL_NEWS,
    MessageKind.OWN,
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when a message is not posted, and why."""

    until: datetime
    why: str


#: After how long hours that cannot be read are read again.
ASKED_AGAIN = timedelta(hours=1)


def _lines() -> Select[int, Office]:
    wanted = Office.id == any_(bindparam("offices", type_=ARRAY(BigInteger)))
    start = select(Office.id.label("of"), Office.id, Office.parent_id, literal(0).label("steps")).where(wanted)
    line = start.cte(recursive=True)
    above = aliased(Office)
    up = select(line.c.of, above.id, above.parent_id, line.c.steps + 1).join(line, above.id == line.c.parent_id)
    line = line.union_all(up)
    return select(line.c.of, Office).join(line, line.c.id == Office.id).order_by(line.c.of, line.c.steps)


#: Some offices, each with those above it; one statement made once, as it is asked before every post.
_LINES = _lines()


def outside_hours(session: Session, offices: Collection[int], *, now: datetime) -> dict[int, Hold]:
    """Say of offices, by their ids, until when their hours keep messages from being posted; the others are left out."""
    if not offices:
        return {}
    closures = read_closures(session)
    lines: dict[int, list[Office]] = {}
    for of, office in session.execute(_LINES, {"offices": list(offices)}):
        lines.setdefault(of, []).append(office)
    holds = {of: _readable_hours(line, closures, now) for of, line in lines.items()}
    return {of: hold for of, hold in holds.items() if hold is not None}


def _readable_hours(line: Sequence[Office], closures: Closures, now: datetime) -> Hold | None:
    """Say the same; an office whose hours cannot be read holds its own messages back, and nobody else's."""
    try:
        return _outside_hours(line, closures, now)
    except (LookupError, ValueError, OSError) as error:
        return Hold(now + ASKED_AGAIN, f"the hours of {line[0].name} cannot be read: {error}")


def _outside_hours(line: Sequence[Office], closures: Closures, now: datetime) -> Hold | None:
    """Say until when the hours of an office keep a message back, by it and those above it."""
    office = line[0]
    window = settings_along((each.name, each.settings, each.parent_id is None) for each in line).window
    window = stretched(window, usable_schedule(office.code, office.schedule))
    until = held_until(now, office.timezone, window, closures)
    if until is None:
        return None
    today = office_day(now, office.timezone)
    if not is_working_day(today, closures):
        return Hold(until, f"{day(today)} is no working day of {office.name}")
    return Hold(until, f"outside the hours {window} of {office.name}")


def put_off(session: Session, message_id: uuid.UUID, hold: Hold, *, now: datetime) -> None:
    """Note until when a message is not posted."""
    message = session.get_one(Message, message_id)
    message.held_until, message.held_why = hold.until, hold.why
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
        action="message:held",
        subject=f"message:{message.id}",
        data={"until": hold.until, "why": hold.why},
    )


def do_not_disturb(session: Session, message_id: object, until: datetime, *, now: datetime) -> Hold:
    """Word why a direct message waits, on the clock of its office."""
    message = session.get_one(Message, message_id)
    zone = ZoneInfo(session.get_one(Office, message.office_id).timezone)
    local = until.astimezone(zone)
    name = session.get_one(Person, message.person_id).name
    on = "" if local.date() == now.astimezone(zone).date() else f" on {day(local.date())}"
    return Hold(until, f"{name} has do-not-disturb on until {clock(local.time())}{on}")


def look_anew(session: Session, offices: Collection[str], *, checked: Collection[int | None]) -> None:
    """Let what is held be looked at again, by the codes of its offices: their hours have changed.

    `checked` are the alliances, None for the program, that are checked after this: what shows a duty of theirs is
    locked in the same round. Alliances are locked already.
    """
    if None in checked:
        lock_program(session)
    held = and_(
        Message.status == NoticeStatus.PENDING,
        Message.held_until.is_not(None),
        Message.office_id.in_(select(Office.id).where(Office.code.in_(offices))),
    )
    locked = lock_messages(session, checked, also=held)
    session.execute(
        update(Message).where(Message.id.in_(locked), held).values(held_until=None, held_why=None),
        execution_options={"synchronize_session": False},
    )
