"""What the draft of an agreement says (CSP 04-01-002 VI.B, IX.A.4), as it is kept version by version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy.proposal import Proposal
from policy.words import listing

#: The fields of a draft, in the order in which an agreement has them, each with what it is called.
FIELDS: Mapping[str, str] = {
    "recognition": "Purpose: what OSHA and the participants recognize",
    "goals": "Goals",
    "objectives": "Objectives: how VII is met",
    "activities": "Planned activities, audiences and why",
    "team": "Implementation Team, meetings and evaluation",
    "endorsement": "No endorsement",
    "work_plan": "Preliminary work plan of the first year",
}
#: What a draft may leave open.
OPTIONAL = frozenset({"recognition", "team", "endorsement"})
#: What a draft that leaves these open says.
TEAM = "The Implementation Team meets at least twice a year; the alliance is evaluated every year."
ENDORSEMENT = (
    "An alliance is no endorsement: OSHA does not endorse, and gives no preferential treatment to, the participants, "
    "their products or services."
)


def draft_from(proposal: Proposal) -> dict[str, Any]:
    """Propose the fields of a draft from what the proposal says."""
    names = listing(["OSHA", *(participant.name for participant in proposal.participants)])
    return {
        "recognition": proposal.background
        or f"{names} recognize the value of working together for safe and healthful workplaces.",
        "goals": proposal.goals,
        "objectives": proposal.objectives,
        "activities": proposal.work_plan,
        "team": TEAM,
        "endorsement": ENDORSEMENT,
        "work_plan": "\n".join([proposal.work_plan, *map(str, proposal.milestones)]),
    }
