"""Choose when one's own digest comes and what it leaves out; the choice can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.digests import Digest
from models.duties import Schedule
from models.offices import Person
from operations.actor import Actor
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.person_schedules import person_name
from policy.own_digest import LeavesOut
from policy.ticks import BadScheduleError, check_expression

#: What a choice that can be undone is called: "digest:" and the id of the change.
RECORD = "digest"
CHOSEN = "digest:chosen"


def choose_digest(
    session: Session, *, schedule: str | None, timezone: str, leaves_out: Collection[str], by: Actor, now: datetime
) -> str:
    """Keep what a person chose for their own digest; None is never. Returns the record that undoes it.

    Raises:
        Refused: The schedule or the time zone cannot be used.
        NotAllowed: The person holds no position.
        AlreadyDone: It is chosen so already.
    """
    try:
        line = None if schedule is None else check_expression(schedule)
    except BadScheduleError as error:
        raise Refused(str(error), field="when") from None
    if timezone not in available_timezones():
        raise Refused(f"“{timezone}” is no time zone that is known here; set yours in Slack's preferences.")
    parts = [part.value for part in LeavesOut if part in leaves_out]
    return _change(session, {"schedule": line, "timezone": timezone, "leaves_out": parts}, by=by, now=now)


def undo_digest(session: Session, *, record: str, by: Actor, now: datetime) -> None:
    """Undo a choice of one's own: what held before holds again.

    Raises:
        Refused: There is no such choice, or another one was made since.
        NotAllowed: Somebody else made it.
        AlreadyDone: It was undone before.
    """
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == CHOSEN, AuditEntry.data.contains({"change": record.partition(":")[2]}))
        .limit(1)
    ).one_or_none()
    if entry is None:
        raise Refused("This record cannot be undone here.")
    if entry.subject != f"person:{by.slack_id}":
        raise NotAllowed("A digest is changed by the person whose it is.")
    chosen = _chosen(session.get(Digest, by.person_id))
    if chosen == entry.data["before"]:
        raise AlreadyDone("This choice was undone before; nothing changed.")
    if chosen != entry.data["after"]:
        raise Refused("You chose something else since; nothing changed.")
    _change(session, entry.data["before"], by=by, now=now)


def _change(session: Session, after: dict[str, Any] | None, *, by: Actor, now: datetime) -> str:
    if by.person_id is None or by.slack_id is None or not by.offices:
        raise NotAllowed("You hold no position on record, so no digest is made for you. An administrator can add it.")
    # The person's row lines up two choices at once.
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    row = session.get(Digest, by.person_id, populate_existing=True)
    before, change = _chosen(row), uuid.uuid4()
    if before == after:
        raise AlreadyDone("Your digest is set so already; nothing changed.")
    if after is None:
        session.delete(row)
    else:
        session.merge(Digest(person_id=by.person_id, changed_at=now, **after))
    # What came before the choice is not caught up.
    begin = insert(Schedule).values(name=person_name(by.slack_id), ran_until=now)
    session.execute(begin.on_conflict_do_update(index_elements=[Schedule.name], set_={"ran_until": now}))
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=CHOSEN,
        subject=f"person:{by.slack_id}",
        data={"before": before, "after": after, "change": change},
    )
    return f"{RECORD}:{change}"


def _chosen(row: Digest | None) -> dict[str, Any] | None:
    return None if row is None else {name: getattr(row, name) for name in ("schedule", "timezone", "leaves_out")}
