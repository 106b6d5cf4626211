"""At what kinds of offices a position can be held, and who may give it."""

from __future__ import annotations

from collections.abc import Iterable

from policy.ladder import FIELD, REGION
from policy.rights import RIGHTS, HeldPosition, Role, Verb, may

NATIONAL, DIRECTORATE, EXTERNAL = "national", "directorate", "external"
_TOP = frozenset({NATIONAL, DIRECTORATE})
_OURS = FIELD | {REGION} | _TOP

#: By position, the kinds of offices where it is held (CSP 04-01-002 VIII). A new position belongs nowhere yet.
SEATS: dict[Role, frozenset[str]] = {
    Role.ALLIANCE_COORDINATOR: _OURS,
    Role.REGIONAL_COORDINATOR: frozenset({REGION}),
    Role.AREA_DIRECTOR: FIELD,
    Role.REGIONAL_ADMINISTRATOR: frozenset({REGION}),
    Role.DCSP_STAFF: _TOP,
    Role.OOSA_DIRECTOR: _TOP,
    Role.DIRECTORATE_HEAD: frozenset({DIRECTORATE}),
    Role.DIRECTORATE_REVIEWER: frozenset({DIRECTORATE}),
    Role.SOLICITOR: _TOP | {EXTERNAL},
    Role.ASSISTANT_SECRETARY: frozenset({NATIONAL}),
    Role.ADMINISTRATOR: _OURS,
}

#: The positions without which an office of a kind has duties that nobody of its own owes or decides.
NEEDED: dict[str, tuple[Role, ...]] = {
    **dict.fromkeys(FIELD, (Role.AREA_DIRECTOR, Role.ALLIANCE_COORDINATOR)),
    REGION: (Role.REGIONAL_ADMINISTRATOR, Role.REGIONAL_COORDINATOR),
    NATIONAL: (Role.ADMINISTRATOR,),
}


def seats_at(kind: str) -> tuple[Role, ...]:
    """List the positions that can be held at an office of a kind, in the order of the table."""
    return tuple(role for role, kinds in SEATS.items() if kind in kinds)


def may_give(role: Role, held: Iterable[HeldPosition], office_line: tuple[str, ...]) -> bool:
    """Whether somebody may give, end or take back a position at an office.

    An administrator may give any. Who else says who holds positions gives none that may do more than their own.
    """
    reaching = [p for p in held if may(Verb.NAME_PEOPLE, [p], office_line)]
    if any(p.role is Role.ADMINISTRATOR for p in reaching):
        return True
    return any(RIGHTS[role] <= RIGHTS[p.role] and _floor(role) <= _floor(p.role) for p in reaching)


#: The positions in the order in which one decides what the other asks.
_FLOORS = {
    Role.REGIONAL_COORDINATOR: 1,
    Role.AREA_DIRECTOR: 1,
    Role.DIRECTORATE_HEAD: 1,
    Role.REGIONAL_ADMINISTRATOR: 2,
    Role.OOSA_DIRECTOR: 3,
    Role.ASSISTANT_SECRETARY: 4,
    Role.ADMINISTRATOR: 5,
}


def _floor(role: Role) -> int:
    return _FLOORS.get(role, 0)
