"""Record a success story of an alliance (CSP 04-01-002 VIII.A.6, IX.B.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.products import SuccessStory
from operations.actor import Actor
from operations.operate.post_report import refuse_no_address
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: What the undoing of it is called.
RECORD = "story"


def record_story(
    session: Session,
    *,
    alliance_id: int,
    on: date,
    title: str,
    story: str,
    address: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a success story of a local day; of an alliance that has ended, too.

    Raises:
        Refused: The day is to come, or lies before the alliance was signed.
        AlreadyDone: A story of that title and day is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    refuse_day_to_come(opened, on, field="on", what="a success story")
    agreements = opened.of.facts.agreements
    if not agreements or on < agreements[0].signed_on:
        signed = spelled(agreements[0].signed_on) if agreements else "not yet"
        raise Refused(f"{spelled(on)} lies before the alliance was signed ({signed}); check the year.", field="on")
    if address is not None:
        refuse_no_address(address)
    earlier = session.scalar(
        select(SuccessStory.id).where(
            SuccessStory.alliance_id == alliance_id,
            SuccessStory.on_day == on,
            func.lower(SuccessStory.title) == title.lower(),
            SuccessStory.withdrawn_at.is_(None),
        )
    )
    if earlier is not None:
        raise AlreadyDone(f"A success story “{title}” of {spelled(on)} is already on record.", field="title")
    row = SuccessStory(
        alliance_id=alliance_id,
        on_day=on,
        title=title,
        story=story,
        address=address,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="success-story:recorded",
        subject=opened.subject,
        data={"story": row.id, "on": on, "title": title, "words": story, "address": address},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{row.id}")


def undo_story(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back "story:3"; return what is so again.

    Raises:
        Refused: There is no such record.
        AlreadyDone: It was taken back before.
    """
    _, number = record_number(record)
    row = session.get(SuccessStory, number)
    if row is None:
        raise Refused("This record is no longer there.")
    alliance_id = row.alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    session.refresh(row)
    if row.withdrawn_at is not None:
        raise AlreadyDone("This success story was undone before; nothing changed.")
    row.withdrawn_at = now
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="success-story:withdrawn",
        subject=opened.subject,
        data={"story": row.id, "title": row.title},
    )
    return recheck(session, alliance_id, by=by, now=now, record=record), f"the story “{row.title}” no longer counts"
