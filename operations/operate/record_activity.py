"""Record an activity of an alliance in the columns of the annual report (CSP 04-01-002 VI.E)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import audit
from models.work import Activity
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb


def record_activity(
    session: Session,
    *,
    alliance_id: int,
    kind: str,
    on: date,
    title: str,
    reached: int | None,
    emphasis: list[str],
    details: dict[str, Any],
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record an activity on a local day of the lead office; `reached` may be filled in later.

    Raises:
        Refused: The day is impossible for this alliance.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.RECORD, now=now)
    refuse_impossible_day(opened, on, field="on", what="an activity")
    activity = Activity(
        alliance_id=alliance_id,
        kind=kind,
        on_day=on,
        title=title,
        reached=reached,
        emphasis=emphasis,
        details=details,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(activity)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="activity:recorded",
        subject=opened.subject,
        data={
            "activity": activity.id,
            "kind": kind,
            "on": on,
            "title": title,
            "reached": reached,
            "emphasis": emphasis,
            "details": details,
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"activity:{activity.id}")
