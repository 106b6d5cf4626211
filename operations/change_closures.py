"""Enter or take away a one-off closure of federal offices: nothing is sent on that day, and it is no working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.offices import Office
from models.plans import Closure
from operations.actor import Actor, office_day, require
from operations.records.open_alliance import lock_alliances
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from operations.see_effect import Effect, Seen, effect, see
from policy.calendar import holiday, is_working_day
from policy.rights import Verb
from policy.words import day as spelled

#: A closure further away than this, back or ahead, is a slip of the key.
FURTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class ClosureChange:
    """A closure that was entered or taken away, and what that does."""

    day: date
    reason: str
    effect: Effect


def add_closure(
    session: Session, *, day: date, reason: str, by: Actor, now: datetime, tried: bool = False
) -> ClosureChange:
    """Enter a closed day; the rules are checked for all alliances in the same transaction.

    One that is only `tried`, to be rolled back, checks nothing.

    Raises:
        Refused: The day is no working day anyway, or lies years away, or there is no reason.
        AlreadyDone: It is entered already.
        NotAllowed: The person is no administrator of the National Office.
    """
    today = _open(session, by, now)
    if abs(day - today) > FURTHEST:
        raise Refused(f"{spelled(day)} is too far away; check the year.", field="day")
    if not reason.strip():
        raise Refused("Say why the offices are closed.", field="reason")
    if not is_working_day(day):
        why = holiday(day) or "a weekend"
        raise Refused(f"{spelled(day)} is no working day anyway: {why}.", field="day")
    if (known := session.get(Closure, day)) is not None:
        raise AlreadyDone(f"{spelled(day)} is entered as closed already: {known.reason}", field="day")
    seen = see(session, None, with_program=True, on=today, now=now)
    session.add(Closure(day=day, reason=reason.strip()))
    return _close(session, seen, "closure:added", (day, reason.strip()), by=by, now=now, tried=tried)


def remove_closure(session: Session, *, day: date, by: Actor, now: datetime, tried: bool = False) -> ClosureChange:
    """Take a closed day away; the rules are checked for all alliances in the same transaction.

    One that is only `tried`, to be rolled back, checks nothing.

    Raises:
        AlreadyDone: It is not entered.
        NotAllowed: The person is no administrator of the National Office.
    """
    today = _open(session, by, now)
    known = session.get(Closure, day)
    if known is None:
        raise AlreadyDone(f"{spelled(day)} is not entered as closed.", field="day")
    seen = see(session, None, with_program=True, on=today, now=now)
    session.delete(known)
    return _close(session, seen, "closure:removed", (day, known.reason), by=by, now=now, tried=tried)


def top_office(session: Session) -> Office:
    """Return the office at the top, which answers for the whole program.

    Raises:
        Refused: There is none yet.
    """
    root = session.scalars(
        select(Office).where(Office.parent_id.is_(None), Office.kind == "national").order_by(Office.id).limit(1)
    ).one_or_none()
    if root is None:
        raise Refused("There is no National Office yet; enter the offices first.")
    return root


def _open(session: Session, by: Actor, now: datetime) -> date:
    """Lock all alliances for a person who may enter closures; return what day it is at the office at the top."""
    root = top_office(session)
    require(session, by, Verb.ADMINISTER, office_codes=[root.code])
    lock_alliances(session, None)
    return office_day(now, root.timezone)


def _close(
    session: Session, seen: Seen, action: str, closure: tuple[date, str], *, by: Actor, now: datetime, tried: bool
) -> ClosureChange:
    day, reason = closure
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=action,
        subject=f"closure:{day}",
        data={"day": day, "reason": reason},
    )
    found = effect(seen, see(session, None, with_program=True, on=seen.on, now=now))
    if not tried:
        check_rules(session, now=now, by=by)
    return ClosureChange(day, reason, found)
