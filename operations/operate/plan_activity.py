"""Record an activity that a national alliance plans in a region or State Plan state (CSP 04-01-002 VIII.A.10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.plans import PlannedActivity
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_outside_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Level
from policy.rights import Verb
from policy.words import day as spelled


def plan_activity(
    session: Session, *, alliance_id: int, on: date, place: str, title: str, by: Actor, now: datetime
) -> Outcome:
    """Record an activity that is to take place on a local day; the region or state has to be told of it.

    Raises:
        Refused: The alliance is not a national one, or the day has passed.
        AlreadyDone: The same activity is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.ANNOUNCE, now=now)
    if opened.of.facts.level is not Level.NATIONAL:
        raise Refused("Only activities of a national alliance are announced to the region and the State Plan State.")
    if on < opened.today:
        raise Refused(f"{spelled(on)} has passed: record the activity with /alliance record.", field="on")
    refuse_outside_alliance(opened, on, field="on", what="the activity")
    same = select(PlannedActivity.id).where(
        PlannedActivity.alliance_id == alliance_id,
        PlannedActivity.on_day == on,
        func.lower(PlannedActivity.place) == place.lower(),
        func.lower(PlannedActivity.title) == title.lower(),
    )
    if session.scalar(same) is not None:
        raise AlreadyDone(f"“{title}” in {place} on {spelled(on)} is already on record.", field="title")
    activity = PlannedActivity(alliance_id=alliance_id, on_day=on, place=place, title=title, recorded_on=opened.today)
    session.add(activity)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="planned-activity:recorded",
        subject=opened.subject,
        data={"activity": activity.id, "on": on, "place": place, "title": title},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"planned-activity:{activity.id}")
