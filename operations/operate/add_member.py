"""Add a member to an Implementation Team (CSP 04-01-002 VI.H, IX.A.5)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Signatory, TeamMember
from models.offices import Person
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import Opened, open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.team import OSHA_PARTS, Part, parts_of
from policy.words import day as spelled

#: What the undoing of it is called, see `operations.operate.undo_team`.
RECORD = "member"
OSHA = "OSHA"


def add_member(
    session: Session,
    *,
    alliance_id: int,
    part: Part,
    since: date,
    person_id: int | None = None,
    name: str | None = None,
    signatory_id: int | None = None,
    organization: str | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Add somebody to the team from a local day on: a person of OSHA by account, anybody else by name.

    Members may be engaged before the agreement is signed (IX.A.5).

    Raises:
        Refused: Nobody is named, the day is to come, or there is no such signatory or part.
        AlreadyDone: The person is on the team; or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.CHANGE_TEAM, now=now)
    refuse_ended(opened)
    refuse_day_to_come(opened, since, field="since", what="a member")
    if part not in parts_of(opened.of.facts.level):
        raise Refused(
            f"“{part.value}” is no part of the team of an alliance of this level (CSP 04-01-002 VI.H).", field="part"
        )
    if part in OSHA_PARTS:
        person = None if person_id is None else session.get(Person, person_id)
        if person is None and not name:
            raise Refused("Choose the person, or type the name of somebody who is not on record here.", field="name")
        person_id, name = (None, name) if person is None else (person.id, person.name)
        organization = organization or OSHA
    else:
        person_id, organization = None, _organization(session, opened, part, signatory_id, organization)
        if not name:
            raise Refused("Name the member.", field="name")
    assert name is not None  # noqa: S101 - said above, for the type checker
    refuse_twice(session, alliance_id, person_id, name, organization)
    member = TeamMember(
        alliance_id=alliance_id,
        name=name,
        organization=organization,
        person_id=person_id,
        part=part.value,
        since=since,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(member)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="team-member:added",
        subject=opened.subject,
        data={"member": member.id, "name": name, "organization": organization, "part": part.value, "since": since},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{member.id}")


def _organization(session: Session, opened: Opened, part: Part, signatory_id: int | None, typed: str | None) -> str:
    if part is not Part.SIGNATORY:
        if not typed:
            raise Refused("Say for which organization.", field="organization")
        return typed
    signatory = None if signatory_id is None else session.get(Signatory, signatory_id)
    if signatory is None or signatory.alliance_id != opened.row.id or signatory.left_on is not None:
        raise Refused("Choose a signatory that takes part.", field="signatory")
    return signatory.name


def refuse_twice(session: Session, alliance_id: int, person_id: int | None, name: str, organization: str) -> None:
    """Let pass who is not on the team today.

    Raises:
        AlreadyDone: They are; the sentence says since when.
    """
    same = (
        TeamMember.person_id == person_id
        if person_id is not None
        else (func.lower(TeamMember.name) == name.lower())
        & (func.lower(TeamMember.organization) == organization.lower())
    )
    there = session.scalar(
        select(TeamMember).where(
            TeamMember.alliance_id == alliance_id,
            TeamMember.until.is_(None),
            TeamMember.withdrawn_at.is_(None),
            same,
        )
    )
    if there is not None:
        raise AlreadyDone(
            f"{there.name}, {there.organization}, has been on the team since {spelled(there.since)}.", field="name"
        )
