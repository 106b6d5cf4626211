"""Withdraw a meeting or an activity that was recorded by mistake; the record stays readable."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.work import Activity, Meeting
from operations.actor import Actor
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb

#: A number that the column of ids can hold.
_NUMBER = re.compile(r"[0-9]{1,18}")


def withdraw_record(session: Session, *, record: str, by: Actor, now: datetime) -> Outcome:
    """Withdraw a record named as `Outcome.record` names it ("meeting:12"); its duties are checked again.

    Raises:
        Refused: There is no such record, or records of its kind cannot be withdrawn.
        AlreadyDone: It was withdrawn before.
    """
    kind, _, number = record.partition(":")
    if kind not in ("meeting", "activity") or not _NUMBER.fullmatch(number):
        raise Refused("This record cannot be undone here.")
    found = session.get(Meeting, int(number)) if kind == "meeting" else session.get(Activity, int(number))
    if found is None:
        raise Refused("This record is no longer there.")
    opened = open_alliance(session, found.alliance_id, by=by, verb=Verb.RECORD, now=now)
    session.refresh(found)
    if found.withdrawn_at is not None:
        raise AlreadyDone(f"This {kind} was undone before; nothing changed.")
    found.withdrawn_at = now
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=f"{kind}:withdrawn",
        subject=opened.subject,
        data={kind: found.id, "on": found.on_day},
    )
    return recheck(session, found.alliance_id, by=by, now=now, record=record)
