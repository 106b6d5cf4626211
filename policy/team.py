"""Who is on an Implementation Team, and whom the directive wants there (VI.H)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from policy.clauses import Clause, cite
from policy.facts import Level
from policy.words import listing

VI_H = cite("CSP 04-01-002 VI.H (members)")
VI_H_FIELD = cite("CSP 04-01-002 VI.H (field members)")


class Part(StrEnum):
    """Whom a member stands for, in the words of VI.H."""

    SIGNATORY = "signatory"
    DCSP = "DCSP"
    FIELD = "field office"
    DIRECTORATE = "directorate"
    #: "regional subject matter experts and regional individuals with relationships to the alliance participants"
    REGION = "region"
    STATE_PLAN = "State Plan State"
    CONSULTATION = "OSHA Consultation Project"
    UNION = "union"
    OTHER = "other stakeholder"


#: The parts of OSHA's own people.
OSHA_PARTS = frozenset({Part.DCSP, Part.FIELD, Part.DIRECTORATE, Part.REGION})
_OTHERS = (Part.STATE_PLAN, Part.CONSULTATION, Part.UNION, Part.OTHER)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a team."""

    name: str
    organization: str
    #: None where nobody has said whom the member stands for.
    part: Part | None


@dataclass(frozen=True, slots=True)
class Lack:
    """Somebody whom the team lacks, in a sentence, with the clause that wants them."""

    sentence: str
    clause: Clause


def parts_of(level: Level) -> tuple[Part, ...]:
    """Give the parts that a member of a team may have at a level, those that the directive wants first."""
    if level is Level.NATIONAL:
        return (Part.SIGNATORY, Part.DCSP, Part.FIELD, Part.DIRECTORATE, *_OTHERS)
    return (Part.SIGNATORY, Part.REGION, *_OTHERS)


def lacking(level: Level, signatories: Iterable[str], members: Iterable[Member]) -> tuple[Lack, ...]:
    """Say whom a team lacks; nothing is refused for it.

    A member whose part nobody has said counts for the signatory whose name the organization bears, and for nobody
    else.
    """
    return tuple(_lacking(level, tuple(signatories), tuple(members)))


# VI.H: "Implementation Team members include representatives from the signatory organizations, a representative from
# DCSP, and representatives from field office(s) and/or other Directorate(s) [...] (National Alliances), or regional
# subject matter experts and regional individuals with relationships to the alliance participants (regional and area
# office alliances)."
def _lacking(level: Level, signatories: tuple[str, ...], members: tuple[Member, ...]) -> Iterator[Lack]:
    there = {" ".join(m.organization.split()).casefold() for m in members if m.part in {Part.SIGNATORY, None}}
    without = [name for name in signatories if " ".join(name.split()).casefold() not in there]
    if without:
        yield Lack(f"Nobody on the team represents {listing(without)}.", VI_H)
    parts = {member.part for member in members}
    if level is not Level.NATIONAL:
        if Part.REGION not in parts:
            yield Lack(
                "Nobody of OSHA is on the team as a regional subject matter expert, or as somebody in the region with "
                "a relationship to the participants.",
                VI_H_FIELD,
            )
        return
    if Part.DCSP not in parts:
        yield Lack("No representative of DCSP is on the team.", VI_H)
    if not parts & {Part.FIELD, Part.DIRECTORATE}:
        yield Lack("No representative of a field office or of another directorate is on the team.", VI_H)
