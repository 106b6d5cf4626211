"""Record that the Regional Administrator and the State Plan State know of an activity (CSP 04-01-002 VIII.A.10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.plans import PlannedActivity
from operations.actor import Actor
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def notify_activity(
    session: Session, *, alliance_id: int, activity_id: int, notified_on: date, by: Actor, now: datetime
) -> Outcome:
    """Record the local day on which the Regional Administrator and the State Plan State were told.

    Raises:
        Refused: The day is impossible, or there is no such activity.
        AlreadyDone: The notice is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.ANNOUNCE, now=now)
    activity = session.get(PlannedActivity, activity_id, populate_existing=True)
    if activity is None or activity.alliance_id != alliance_id:
        raise Refused("This activity is no longer on record; open the form again.")
    if activity.notified_on is not None:
        raise AlreadyDone(
            f"{activity.place} is already on record as told on {spelled(activity.notified_on)}.", field="notified_on"
        )
    refuse_day_to_come(opened, notified_on, field="notified_on", what="the notice")
    refuse_day_before(
        notified_on, activity.recorded_on, field="notified_on", what="the day on which the activity was recorded"
    )
    activity.notified_on = notified_on
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="planned-activity:notified",
        subject=opened.subject,
        data={"activity": activity.id, "place": activity.place, "notified_on": notified_on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"told:{activity.id}")
