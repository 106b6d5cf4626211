"""Record that an Ambassador relationship ended (FAQ F-12)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import Ending
from operations.actor import Actor
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import EndingKind
from policy.rights import Verb
from policy.words import day as spelled

#: What the undoing of it is called.
RECORD = "ambassador-end"


# FAQ F-12: "Ambassador relationships remain in effect for the duration of an ongoing cooperative relationship and a
# good faith effort by both parties to meet the intent of the arrangement."
def end_ambassador(
    session: Session, *, alliance_id: int, ended_on: date, because: str, by: Actor, now: datetime
) -> Outcome:
    """Record the last local day of an Ambassador relationship, and why it ended.

    Raises:
        Refused: The alliance is no Ambassador, or the day is impossible.
        AlreadyDone: The relationship ended before.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.END_ALLIANCE, now=now)
    ending = session.get(Ending, alliance_id, populate_existing=True)
    if ending is None or ending.kind != EndingKind.AMBASSADOR:
        raise Refused(f"{opened.row.name} is no Ambassador: no Ambassador document is on record.")
    if ending.relationship_ended_on is not None:
        raise AlreadyDone(
            f"The Ambassador relationship ended on {spelled(ending.relationship_ended_on)}.", field="ended_on"
        )
    refuse_day_to_come(opened, ended_on, field="ended_on", what="the end of a relationship")
    refuse_day_before(ended_on, ending.ended_on, field="ended_on", what="the Ambassador document")
    ending.relationship_ended_on, ending.relationship_ended_because = ended_on, because
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="ambassador:ended",
        subject=opened.subject,
        data={"ended_on": ended_on, "because": because},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{alliance_id}")


def undo_end_ambassador(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back that a relationship ended ("ambassador-end:3", by the alliance); return what is so again.

    Raises:
        AlreadyDone: It goes on.
    """
    _, alliance_id = record_number(record)
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.END_ALLIANCE, now=now)
    ending = session.get(Ending, alliance_id, populate_existing=True)
    if ending is None or ending.relationship_ended_on is None:
        raise AlreadyDone("The Ambassador relationship goes on; nothing changed.")
    ending.relationship_ended_on = ending.relationship_ended_because = None
    session.flush()
    audit.record(session, at=now, actor=by.name, action="ambassador:end-withdrawn", subject=opened.subject, data={})
    return recheck(session, alliance_id, by=by, now=now, record=record), "the Ambassador relationship goes on"
