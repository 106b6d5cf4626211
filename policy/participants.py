"""The organizations on the other side of an alliance, by kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ParticipantKind(StrEnum):
    """What an organization is (CSP 04-01-002 VI.A; FAQ F-5); one may be of several kinds."""

    EMPLOYER = "employer"
    EMPLOYER_GROUP = "employer group"
    LABOR_UNION = "labor union"
    LABOR_GROUP = "labor group"
    PROFESSIONAL_ASSOCIATION = "professional association"
    EDUCATIONAL_INSTITUTION = "educational institution"
    COMMUNITY_GROUP = "community- or faith-based organization"
    CONSULATE = "consulate"
    GOVERNMENT_AGENCY = "government agency"
    STATE_PLAN = "State Plan"
    CONSULTATION = "On-Site Consultation program"
    FOR_PROFIT = "for-profit entity"
    TRIBE = "Native American Tribe"
    WHISTLEBLOWER_ENTITY = "Whistleblower Protection Entity"
    OTHER = "other organization"


#: VII.C.3 asks "employers and employer groups (e.g. trade associations)" for worker representatives; a
#: for-profit entity is an employer whether or not somebody ticked both.
EMPLOYERS = frozenset({ParticipantKind.EMPLOYER, ParticipantKind.EMPLOYER_GROUP, ParticipantKind.FOR_PROFIT})

#: The kinds that FAQ F-5 names for additional approval.
SPECIAL = frozenset(
    {
        ParticipantKind.FOR_PROFIT,
        ParticipantKind.TRIBE,
        ParticipantKind.WHISTLEBLOWER_ENTITY,
        ParticipantKind.CONSULATE,
    }
)


@dataclass(frozen=True, slots=True)
class Participant:
    """An organization that signs, or takes part without signing."""

    name: str
    #: Empty while nobody has recorded what it is; nothing is then assumed in its favor.
    kinds: frozenset[ParticipantKind] = frozenset()
    #: False for a stakeholder that takes part without signing (VI.A, VI.H).
    signatory: bool = True


def of_kinds(participants: Iterable[Participant], kinds: frozenset[ParticipantKind]) -> tuple[Participant, ...]:
    """Give the participants that are of one of the kinds."""
    return tuple(p for p in participants if p.kinds & kinds)


def unknown(participants: Iterable[Participant]) -> tuple[Participant, ...]:
    """Give the participants whose kind nobody has recorded."""
    return tuple(p for p in participants if not p.kinds)
