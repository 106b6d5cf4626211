"""Take back a wrong change of an Implementation Team."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.alliances import TeamMember
from operations.actor import Actor
from operations.operate import add_member, end_member
from operations.records.open_alliance import open_alliance
from operations.records.record_number import record_number
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb

#: What can be taken back here.
RECORDS = (add_member.RECORD, end_member.RECORD)


def undo_team(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back that a member joined ("member:12") or left ("member-end:12"); return what is so again.

    Raises:
        Refused: There is no such record.
        AlreadyDone: It was taken back before, or who left is on the team anew.
    """
    kind, number = record_number(record)
    member = session.get(TeamMember, number)
    if member is None:
        raise Refused("This member is no longer on record; look at the team with /alliance team.")
    alliance_id = member.alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.CHANGE_TEAM, now=now)
    session.refresh(member)
    joined = kind == add_member.RECORD
    if joined and member.withdrawn_at is not None:
        raise AlreadyDone(f"That {member.name} joined was undone before; nothing changed.")
    if not joined and member.until is None:
        raise AlreadyDone(f"{member.name} is on the team; nothing changed.")
    if joined:
        member.withdrawn_at = now
        again = f"{member.name} is not on the team"
    else:
        add_member.refuse_twice(session, alliance_id, member.person_id, member.name, member.organization)
        member.until = None
        again = f"{member.name} is on the team"
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="team-member:withdrawn" if joined else "team-member:left-withdrawn",
        subject=opened.subject,
        data={"member": member.id, "name": member.name},
    )
    return recheck(session, alliance_id, by=by, now=now, record=record), again
