"""Read an Implementation Team: who is on it, who was, and whom the directive wants there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.alliances import TeamMember
from models.offices import Office, Person, Position
from operations.gather_facts import Gathered
from policy.team import Lack, Member, Part, lacking


@dataclass(frozen=True, slots=True)
class OnTeam:
    """A member as the team is shown."""

    id: int
    name: str
    organization: str
    part: Part | None
    #: Slack's id of a person of OSHA; None for everybody else.
    slack_id: str | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Team:
    """A team with what it lacks."""

    members: tuple[OnTeam, ...]
    #: The latest to leave first.
    former: tuple[OnTeam, ...]
    lacks: tuple[Lack, ...]


def read_team(session: Session, of: Gathered) -> Team:
    """Read the team of an alliance, in order of organization and name."""
    rows = session.execute(
        select(TeamMember, Person.slack_id)
        .outerjoin(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.alliance_id == of.facts.id, TeamMember.withdrawn_at.is_(None))
        .order_by(TeamMember.organization, TeamMember.name, TeamMember.id)
    )
    everybody = [
        OnTeam(m.id, m.name, m.organization, None if m.part is None else Part(m.part), slack_id, m.since, m.until)
        for m, slack_id in rows
    ]
    members = tuple(one for one in everybody if one.until is None)
    former = sorted((one for one in everybody if one.until is not None), key=lambda one: one.until or date.min)
    return Team(
        members=members,
        former=tuple(reversed(former)),
        lacks=lacking(
            of.facts.level, of.signatories, (Member(one.name, one.organization, one.part) for one in members)
        ),
    )


def find_colleagues(session: Session, words: str, *, limit: int = 100) -> list[tuple[int, str]]:
    """List (id, label) of the people of OSHA whose name, Slack account, position or office holds the words."""
    typed = words.strip().removeprefix("@")
    columns = (Person.name, Person.slack_id, Position.role, Office.name)
    rows = session.execute(
        select(Person.id, Person.name, Position.role, Office.name)
        .outerjoin(Position, (Position.person_id == Person.id) & Position.held_until.is_(None))
        .outerjoin(Office, Office.id == Position.office_id)
        .where(or_(*(column.icontains(typed, autoescape=True) for column in columns)))
        .order_by(Person.name, Person.id, Position.id)
    )
    labels: dict[int, str] = {}
    for id, name, role, office in rows:
        labels.setdefault(id, name if role is None else f"{name}, {role}, {office}")
    return list(labels.items())[:limit]
