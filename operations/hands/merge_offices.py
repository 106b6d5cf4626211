"""Merge one office into another: it is closed, with its history; what it had goes on there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance
from models.offices import Office
from operations.actor import Actor, office_day, office_line, offices_below, require
from operations.hands.follow_hands import follow_hands
from operations.hands.lock_hands import lock_hands
from operations.hands.move_approvals import alliances_asking, move_approvals
from operations.hands.move_to_office import (
    check_moved,
    concerned,
    move_open,
    move_positions,
    replace_office,
    still_held,
)
from operations.records.open_alliance import lock_alliances
from operations.refusals import AlreadyDone, Refused
from operations.refuse_times import refuse_times
from operations.remind.lock_messages import lock_messages
from policy.ladder import FIELD
from policy.rights import Verb
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merger of offices moved."""

    closed: str
    into: str
    into_code: str
    #: Names of the alliances, of the people with their positions, of the offices that stood below.
    alliances: tuple[str, ...]
    people: int
    offices: tuple[str, ...]
    #: Whether the workers see to the duties: there are too many to do it while somebody waits.
    later: bool


def merge_offices(
    session: Session,
    *,
    office_code: str,
    into_code: str,
    take_settings: bool = False,
    take_channel: bool = False,
    by: Actor,
    now: datetime,
    tried: bool = False,
) -> Merged:
    """Merge an office into another of its kind from today on; it is found by its name and code, as the other one.

    Its alliances, the positions still held, the offices below it and what is open go over; `take_settings` and
    `take_channel` give the other one its settings and schedule, and its channel. This cannot be undone. One that is
    only `tried`, to be rolled back, checks nothing.

    Raises:
        Refused: The two are one, of different kinds, or one stands above the other; the office is at the top.
        AlreadyDone: It is closed.
        NotAllowed: The person is no administrator of both.
    """
    lock_hands(session)
    old, new = _office(session, office_code, "office"), _office(session, into_code, "office")
    for office in (old, new):
        require(session, by, Verb.ADMINISTER, office_codes=[office.code])
    _refuse_impossible(session, old, new)
    today = office_day(now, old.timezone)
    ids = sorted({*concerned(session, old), *alliances_asking(session, old.code)})
    lock_alliances(session, ids)
    _lock_offices(session, old, new)
    lock_messages(session, ids)
    moved = replace_office(session, ids, old, new)
    move_open(session, old, new)
    move_approvals(session, ids, {old.code: new.code}, by=by, now=now)
    positions = move_positions(session, still_held(session, old, today), new, today)
    children = list(session.scalars(select(Office).where(Office.parent_id == old.id).order_by(Office.name)))
    for child in children:
        child.parent_id = new.id
    if take_settings:
        new.settings, new.schedule = old.settings, old.schedule
    if take_channel and old.channel is not None:
        new.channel = old.channel
    old.channel = None
    old.closed_on, old.successor_id = today, new.id
    session.flush()
    refuse_times(session, offices_below(session, new.code), field="settings")
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="office:merged",
        subject=f"office:{old.code}",
        data={
            "into": new.code,
            "alliances": list(moved),
            "positions": positions,
            "offices": [child.code for child in children],
            "took_settings": take_settings,
            "took_channel": take_channel,
        },
    )
    later = check_moved(session, ids, by=by, now=now, tried=tried)
    if not tried:
        follow_hands(session, now=now, among=ids)
    names = session.scalars(select(Alliance.name).where(Alliance.id.in_(moved)).order_by(Alliance.name))
    return Merged(
        old.name, new.name, new.code, tuple(names), len(positions), tuple(child.name for child in children), later
    )


def _office(session: Session, code: str, field: str) -> Office:
    office = session.scalar(select(Office).where(Office.code == code))
    if office is None:
        raise Refused(f"There is no office with the code “{code}”.", field=field)
    if office.closed_on is not None:
        raise AlreadyDone(f"{office.name} is closed since {spelled(office.closed_on)}; nothing changed.", field=field)
    return office


def _lock_offices(session: Session, old: Office, new: Office) -> None:
    """Lock the offices that change, and read them anew: before what they owe, as everywhere."""
    changed = select(Office).where(or_(Office.id.in_([old.id, new.id]), Office.parent_id == old.id))
    locked = changed.order_by(Office.id).with_for_update(key_share=True)
    session.scalars(locked.execution_options(populate_existing=True)).all()


def _refuse_impossible(session: Session, old: Office, new: Office) -> None:
    if old.id == new.id:
        raise Refused("An office cannot be merged into itself; choose another one.", field="office")
    if old.parent_id is None:
        raise Refused(f"{old.name} stands at the top: it cannot be merged into another office.", field="office")
    if old.kind != new.kind and not {old.kind, new.kind} <= FIELD:
        raise Refused(f"{new.name} is of the kind “{new.kind}”, {old.name} of the kind “{old.kind}”.", field="office")
    if old.code in office_line(session, new.id):
        raise Refused(f"{new.name} stands below {old.name}; give it another place first.", field="office")
