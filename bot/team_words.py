"""How a team and its members are worded, the same on every surface."""

from __future__ import annotations

from bot.blocks import safe
from operations.read.team import OnTeam, Team
from policy.team import Part
from policy.words import day

PART_LABELS = {
    Part.SIGNATORY: "A signatory",
    Part.DCSP: "DCSP",
    Part.FIELD: "A field office of OSHA",
    Part.DIRECTORATE: "Another directorate of OSHA",
    Part.REGION: "OSHA in the region: an expert, or a relationship with the participants",
    Part.STATE_PLAN: "A State Plan State",
    Part.CONSULTATION: "An OSHA Consultation Project",
    Part.UNION: "A union that did not sign",
    Part.OTHER: "Another stakeholder that did not sign",
}


def member_words(member: OnTeam) -> str:
    """Name a member with organization and part, in mrkdwn: "Ada Coordinator, OSHA (region)"."""
    part = "whom they stand for is not on record" if member.part is None else member.part.value
    return f"{safe(member.name)}, {safe(member.organization)} ({part})"


def lacks_words(team: Team) -> str:
    """Say whom the team lacks, each with its clause; or that it has everybody whom VI.H names."""
    if not team.lacks:
        return "The team has everybody whom CSP 04-01-002 VI.H names."
    return "\n".join(f"{safe(lack.sentence)} ({lack.clause.name})" for lack in team.lacks)


def since_words(member: OnTeam) -> str:
    """Say from when until when somebody is or was on the team."""
    if member.until is None:
        return f"since {day(member.since)}"
    return f"{day(member.since)} to {day(member.until)}"
