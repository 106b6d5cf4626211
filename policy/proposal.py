"""What a proposal of an alliance says (CSP 04-01-002 IX.A.1), and how two versions of it differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy.facts import Level
from policy.participant_lines import participant_lines, read_participants
from policy.participants import Participant


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """Something that the draft of a work plan promises for a day."""

    due_on: date
    person: str
    title: str

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()}; {self.person}; {self.title}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A brief written proposal with the draft of its work plan."""

    name: str
    level: Level
    #: Codes of the OSHA offices, the lead office first.
    offices: tuple[str, ...]
    participants: tuple[Participant, ...]
    goals: str
    objectives: str
    #: What is to be done in the first year.
    work_plan: str
    milestones: tuple[PlannedMilestone, ...] = ()
    background: str = ""

    def content(self) -> dict[str, str | list[str]]:
        """Write it as it is kept: a field's name, and its text or list of texts; what is empty is left out."""
        written: dict[str, str | list[str]] = {
            "name": self.name,
            "level": self.level.value,
            "offices": list(self.offices),
            "participants": participant_lines(self.participants),
            "background": self.background,
            "goals": self.goals,
            "objectives": self.objectives,
            "work_plan": self.work_plan,
            "milestones": [str(milestone) for milestone in self.milestones],
        }
        return {name: value for name, value in written.items() if value}


def proposal_of(content: Mapping[str, Any]) -> Proposal:
    """Read a proposal as `Proposal.content` wrote it."""
    return Proposal(
        name=content["name"],
        level=Level(content["level"]),
        offices=tuple(content["offices"]),
        participants=read_participants("\n".join(content["participants"])),
        goals=content["goals"],
        objectives=content["objectives"],
        work_plan=content["work_plan"],
        milestones=tuple(_milestone(line) for line in content.get("milestones", ())),
        background=content.get("background", ""),
    )


def _milestone(line: str) -> PlannedMilestone:
    due_on, person, title = (part.strip() for part in line.split(";", 2))
    return PlannedMilestone(date.fromisoformat(due_on), person, title)
