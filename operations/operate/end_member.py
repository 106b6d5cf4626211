"""Record that a member left an Implementation Team."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import TeamMember
from operations.actor import Actor
from operations.records.find_due import refuse_day_before
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled

#: What the undoing of it is called, see `operations.operate.undo_team`.
RECORD = "member-end"


def end_member(session: Session, *, alliance_id: int, member_id: int, until: date, by: Actor, now: datetime) -> Outcome:
    """Record the last local day on which somebody was on the team.

    Raises:
        Refused: The day is to come, or lies before the member joined.
        AlreadyDone: The member left before.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.CHANGE_TEAM, now=now)
    member = session.get(TeamMember, member_id, populate_existing=True)
    if member is None or member.alliance_id != alliance_id or member.withdrawn_at is not None:
        raise Refused("This member is no longer on record; look at the team with /alliance team.")
    if member.until is not None:
        raise AlreadyDone(f"{member.name} left the team on {spelled(member.until)}.", field="member")
    refuse_day_to_come(opened, until, field="until", what="who left")
    refuse_day_before(until, member.since, field="until", what="the day on which the member joined")
    member.until = until
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="team-member:left",
        subject=opened.subject,
        data={"member": member.id, "name": member.name, "until": until},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{member.id}")
