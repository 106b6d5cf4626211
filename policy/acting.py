"""Who acts where a position is empty: the nearest official of the same line above it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policy.rights import DCSP_OFFICES, Role

#: Positions of the National Office, which are entered at its top or at one of these units.
OF_THE_TOP = frozenset({Role.DCSP_STAFF, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY})
TOP_UNITS = DCSP_OFFICES | {"OAS"}

#: The nearest first. The Solicitor is outside the line, and nobody stands above the Assistant Secretary.
ACTS_FOR: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.ALLIANCE_COORDINATOR: (Role.REGIONAL_COORDINATOR, Role.AREA_DIRECTOR, Role.REGIONAL_ADMINISTRATOR),
        Role.REGIONAL_COORDINATOR: (Role.REGIONAL_ADMINISTRATOR, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY),
        Role.AREA_DIRECTOR: (Role.REGIONAL_ADMINISTRATOR, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY),
        Role.REGIONAL_ADMINISTRATOR: (Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY),
        Role.DCSP_STAFF: (Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY),
        Role.OOSA_DIRECTOR: (Role.ASSISTANT_SECRETARY,),
        Role.DIRECTORATE_REVIEWER: (Role.DIRECTORATE_HEAD, Role.ASSISTANT_SECRETARY),
        Role.DIRECTORATE_HEAD: (Role.ASSISTANT_SECRETARY,),
    }
)


def acting_roles(role: Role) -> tuple[Role, ...]:
    """Give the positions whose holders act for an empty one, the nearest first."""
    return ACTS_FOR.get(role, ())
