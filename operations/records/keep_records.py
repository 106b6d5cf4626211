"""Say how long a kind of records is kept, and put records on hold; nothing is deleted by either."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance
from models.offices import Office
from models.retention import Hold, RetentionClass
from operations.actor import Actor, require
from operations.change_closures import top_office
from operations.refusals import AlreadyDone, Refused
from policy.retention import Kind
from policy.rights import Verb

#: Years; what is kept longer is permanent.
MOST_YEARS = 200


def set_retention(
    session: Session, *, kind: Kind, schedule: str, keep_years: int | None, by: Actor, now: datetime
) -> None:
    """Say which item of the records schedule holds for a kind of records, and its years (None: permanent).

    Raises:
        Refused: No item is named, or the years are none that a schedule has.
        AlreadyDone: It is set so already.
        NotAllowed: The person is no administrator of the National Office.
    """
    _require(session, by)
    schedule = " ".join(schedule.split())
    if not schedule:
        raise Refused("Name the item of the records schedule.", field="schedule")
    if keep_years is not None and not 1 <= keep_years <= MOST_YEARS:
        raise Refused(f"Records are kept for 1 to {MOST_YEARS} years, or permanently.", field="years")
    row = session.get(RetentionClass, kind.value, with_for_update=True)
    before = None if row is None else {"schedule": row.schedule, "keep_years": row.keep_years}
    after = {"schedule": schedule, "keep_years": keep_years}
    if before == after:
        raise AlreadyDone("This is set so already; nothing changed.")
    session.merge(RetentionClass(kind=kind.value, **after))
    data = {"before": before, "after": after}
    audit.record(session, at=now, actor=by.name, action="retention:set", subject=f"retention:{kind.value}", data=data)


def place_hold(session: Session, *, alliance_id: int | None, reason: str, by: Actor, now: datetime) -> int:
    """Put an alliance, or (None) everything, on hold: nothing of it is to be disposed of, no word of it redacted.

    Returns the number of the hold.

    Raises:
        Refused: There is no such alliance, or no reason is given.
        AlreadyDone: It is on hold for the same reason.
        NotAllowed: The person is no administrator of the National Office.
    """
    _require(session, by)
    if not reason.strip():
        raise Refused("Say why it is on hold: a lawsuit, an audit, a request.", field="reason")
    if alliance_id is not None and session.get(Alliance, alliance_id) is None:
        raise Refused("This alliance is no longer on record.", field="alliance")
    same = Hold.alliance_id.is_not_distinct_from(alliance_id), Hold.reason == reason.strip(), Hold.lifted_at.is_(None)
    known = session.scalars(select(Hold).where(*same).limit(1)).first()
    if known is not None:
        raise AlreadyDone(f"{known.placed_by} put it on hold for this reason before, as hold {known.id}.")
    hold = Hold(alliance_id=alliance_id, reason=reason.strip(), placed_at=now, placed_by=by.name)
    session.add(hold)
    session.flush()
    _note(session, hold, "placed", by=by, now=now)
    return hold.id


def lift_hold(session: Session, *, hold_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Lift a hold; it stays on record with who placed and who lifted it.

    Raises:
        Refused: There is no such hold, or no reason is given.
        AlreadyDone: It was lifted before.
        NotAllowed: The person is no administrator of the National Office.
    """
    _require(session, by)
    if not reason.strip():
        raise Refused("Say why the hold is lifted.", field="reason")
    hold = session.get(Hold, hold_id, with_for_update=True)
    if hold is None:
        raise Refused(f"There is no hold {hold_id}.", field="hold")
    if hold.lifted_at is not None:
        raise AlreadyDone(f"{hold.lifted_by} lifted this hold before; nothing changed.")
    hold.lifted_at, hold.lifted_by, hold.lifted_because = now, by.name, reason.strip()
    _note(session, hold, "lifted", by=by, now=now)


def _require(session: Session, by: Actor) -> None:
    top = top_office(session)
    require(session, by, Verb.KEEP_RECORDS, office_codes=[top.code])
    # The row of the office at the top lines up two at once.
    session.execute(select(Office.id).where(Office.id == top.id).with_for_update(key_share=True))


def _note(session: Session, hold: Hold, what: str, *, by: Actor, now: datetime) -> None:
    subject = "program" if hold.alliance_id is None else f"alliance:{hold.alliance_id}"
    data = {"hold": hold.id, "reason": hold.reason if what == "placed" else hold.lifted_because}
    audit.record(session, at=now, actor=by.name, action=f"hold:{what}", subject=subject, data=data)
