"""Who is above the office that owes a duty."""

from __future__ import annotations

from policy.rights import Role

#: Kinds of offices below a region, whose duties go up to its coordinator.
FIELD = frozenset({"area", "district"})
REGION = "region"


def official_above(seat_kind: str, *, owes: bool) -> Role:
    """Name the official above the owner of a duty, by the kind of office where that official sits.

    `owes` is whether that very office owes it: its Regional Alliance Program Coordinator is then not above it.
    """
    if seat_kind != REGION:
        return Role.OOSA_DIRECTOR
    return Role.REGIONAL_ADMINISTRATOR if owes else Role.REGIONAL_COORDINATOR
