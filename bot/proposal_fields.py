"""The fields of a proposal, which is put on file by one form and changed by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator

from bot.form_types import Ask, Choice, Draft, FormModel, Opening
from bot.plan_lines import read_milestones
from operations.read.proposals import offices_at, proposable
from operations.refusals import Refused
from policy.facts import Level
from policy.papers import LEVELS, PROPOSED
from policy.participant_lines import KINDS, read_participants
from policy.proposal import PlannedMilestone, Proposal

_FIELD = (Level.REGIONAL.value, Level.AREA.value)


class ProposalFields(FormModel):
    """A brief written proposal with the draft of its work plan (CSP 04-01-002 IX.A.1)."""

    level: Annotated[Level, Ask(offered=True, radio=True, steers=True)] = Field(title=PROPOSED["level"])
    lead: Annotated[str, Ask(offered=True)] = Field(title=PROPOSED["lead"], description="It owns what falls due.")
    others: Annotated[list[str] | None, Ask(offered=True, only=("level", _FIELD))] = Field(
        None, title=PROPOSED["others"], description="Each of them signs."
    )
    name: str = Field(title=PROPOSED["name"], max_length=200)
    different: Annotated[
        bool, Ask(labels={"yes": "It is another alliance than those with a similar name or participant"})
    ] = Field(default=False, title="Similar names")
    participants: Annotated[str, Ask(multiline=True, placeholder="Delaware Roofers Guild: labor union")] = Field(
        title=PROPOSED["participants"],
        max_length=3000,
        description=f"One to a line: name: kind. Several kinds with commas between. The kinds: {KINDS}.",
    )
    goals: Annotated[str, Ask(multiline=True)] = Field(title=PROPOSED["goals"], max_length=3000)
    objectives: Annotated[str, Ask(multiline=True)] = Field(title=PROPOSED["objectives"], max_length=3000)
    background: Annotated[str | None, Ask(multiline=True)] = Field(None, title=PROPOSED["background"], max_length=3000)
    work_plan: Annotated[str, Ask(multiline=True)] = Field(
        title=PROPOSED["work_plan"], max_length=3000, description="What the alliance would do."
    )
    milestones: Annotated[
        str | None, Ask(multiline=True, placeholder="2027-03-15; Ada Coordinator; Poster on ladder safety")
    ] = Field(None, title=PROPOSED["milestones"], max_length=3000, description="One to a line: date; person; what.")

    @field_validator("participants")
    @classmethod
    def named(cls, text: str) -> str:
        """Refuse lines that name no organization or no kind of it."""
        read_participants(text)
        return text

    @field_validator("milestones")
    @classmethod
    def readable(cls, text: str | None) -> str | None:
        """Refuse lines that are no milestones."""
        read_milestones(text or "")
        return text


def proposal_draft(opening: Opening, values: Mapping[str, Any]) -> Draft:
    """Offer the levels and offices for which a person may propose; `values` are filled in.

    Raises:
        Refused: There is no office for which this person may propose.
    """
    may = {level: offices for level, offices in proposable(opening.session, opening.by).items() if offices}
    if not may:
        raise Refused(
            "You may not propose an alliance for any office that signs one: regions, area and district offices."
        )
    filled = dict(values)
    wanted = opening.values.get("level") or filled.get("level") or _nearest(opening, may)
    # What is not offered is not taken, whatever it says.
    level = next((one for one in may if one == wanted), next(iter(may)))
    filled["level"] = level.value
    own = [code for code, _ in may[level] if code in opening.by.offices]
    filled.setdefault("lead", (own or [may[level][0][0]])[0] if len(may[level]) == 1 or own else None)
    return Draft(
        values=filled,
        choices={
            "level": [Choice(one.value, label) for one, label in LEVELS.items() if one in may],
            "lead": [Choice(code, name) for code, name in may[level]],
            "others": [Choice(code, name) for code, name in offices_at(opening.session, level)],
        },
        mark=level.value,
    )


def proposal_from(typed: ProposalFields) -> Proposal:
    """Return the proposal that was typed."""
    others: Sequence[str] = () if typed.level is Level.NATIONAL else typed.others or ()
    return Proposal(
        name=" ".join(typed.name.split()),
        level=typed.level,
        offices=tuple(dict.fromkeys((typed.lead, *others))),
        participants=read_participants(typed.participants),
        goals=typed.goals,
        objectives=typed.objectives,
        work_plan=typed.work_plan,
        milestones=tuple(
            PlannedMilestone(m.due_on, m.person, m.title) for m in read_milestones(typed.milestones or "")
        ),
        background=typed.background or "",
    )


def proposal_values(proposal: Proposal) -> dict[str, Any]:
    """Return the values of the fields that say what a proposal says."""
    content = proposal.content()
    lead, *others = proposal.offices
    return {
        "level": proposal.level.value,
        "lead": lead,
        "others": others,
        "name": proposal.name,
        "participants": "\n".join(content["participants"]),
        "goals": proposal.goals,
        "objectives": proposal.objectives,
        "background": proposal.background or None,
        "work_plan": proposal.work_plan,
        "milestones": "\n".join(content.get("milestones", ())) or None,
    }


def _nearest(opening: Opening, may: Mapping[Level, Sequence[tuple[str, str]]]) -> Level:
    """Return the level at which a person works: where an office of theirs leads."""
    mine = (level for level, offices in may.items() if any(code in opening.by.offices for code, _ in offices))
    return next(mine, next(iter(may)))
