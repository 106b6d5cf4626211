"""Split an office: some of its alliances and positions go to a new one beside it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance
from models.offices import Office
from operations.actor import Actor, office_day, require
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
from operations.records.read_cells import name_key, tidy
from operations.refusals import Refused
from operations.remind.lock_messages import lock_messages
from policy.rights import Verb

_CODE = re.compile(r"[A-Z0-9-]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Split:
    """A new office, and what moved there."""

    code: str
    name: str
    beside: str
    alliances: tuple[str, ...]
    people: int
    later: bool


def split_office(
    session: Session,
    *,
    office_code: str,
    new_code: str,
    new_name: str,
    alliance_ids: Collection[int],
    position_ids: Collection[int] = (),
    by: Actor,
    now: datetime,
    tried: bool = False,
) -> Split:
    """Make an office beside another, of its kind, under the same office and in its time zone, and move there.

    It takes its settings and its channel from above until it sets its own; designees go with their officials. One that
    is only `tried`, to be rolled back, checks nothing.

    Raises:
        Refused: The code or the name is taken or impossible, or nothing moves.
        NotAllowed: The person is no administrator of the office.
    """
    lock_hands(session)
    old = session.scalar(select(Office).where(Office.code == office_code))
    if old is None or old.closed_on is not None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    require(session, by, Verb.ADMINISTER, office_codes=[old.code])
    if old.parent_id is None:
        raise Refused(f"{old.name} stands at the top and cannot be split.", field="office")
    code, name = new_code.strip().upper(), tidy(new_name)
    _refuse_taken(session, code, name)
    today = office_day(now, old.timezone)
    # Those that stay, too: what waits there for people who go is asked of others.
    whose = sorted({*concerned(session, old), *alliances_asking(session, old.code)})
    ids = sorted(set(alliance_ids) & set(concerned(session, old)))
    held = still_held(session, old, today)
    going = {(row.person_id, row.role) for row in held if row.id in set(position_ids) and row.acting_for_id is None}
    # A designee is where the official is.
    positions = [row for row in held if (row.acting_for_id or row.person_id, row.role) in going]
    if not ids and not positions:
        raise Refused("Choose what goes to the new office: at least one alliance or position.", field="alliances")
    lock_alliances(session, whose)
    lock_messages(session, whose)
    new = Office(
        code=code,
        name=name,
        kind=old.kind,
        parent_id=old.parent_id,
        timezone=old.timezone,
        city=old.city,
        state=old.state,
        is_sample=old.is_sample,
    )
    session.add(new)
    session.flush()
    moved = replace_office(session, ids, old, new)
    move_open(session, old, new, moved)
    move_approvals(session, moved, {old.code: new.code}, by=by, now=now)
    people = move_positions(session, positions, new, today)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="office:split",
        subject=f"office:{old.code}",
        data={"new": code, "name": name, "alliances": list(moved), "positions": people},
    )
    later = check_moved(session, moved, by=by, now=now, tried=tried)
    if not tried:
        follow_hands(session, now=now, among=whose)
    names = session.scalars(select(Alliance.name).where(Alliance.id.in_(moved)).order_by(Alliance.name))
    return Split(code, name, old.name, tuple(names), len(people), later)


def _refuse_taken(session: Session, code: str, name: str) -> None:
    if not _CODE.fullmatch(code):
        raise Refused("A code is 2 to 20 letters, digits and hyphens.", field="code")
    if not name:
        raise Refused("Enter the name.", field="name")
    for other in session.scalars(select(Office)):
        if other.code == code:
            raise Refused(f"{code} is the code of {other.name}; choose another.", field="code")
        if name_key(other.name) == name_key(name):
            raise Refused(f"“{name}” is the name of the office {other.code}; choose another.", field="name")
