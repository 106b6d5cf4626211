"""What may be asked of an official above, and who that is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from policy.calendar import Closures, on_or_after, on_or_before
from policy.duties import Basis, Modality
from policy.ladder import FIELD
from policy.rights import RIGHTS, Role, Verb

#: Calendar days for which a reminder can be put off at once.
LONGEST_SNOOZE = 366


class RequestKind(StrEnum):
    """What is asked for."""

    #: To send no reminder before a day past the legal date.
    SNOOZE = "snooze"
    #: To declare a duty not applicable.
    WAIVE = "waive"

    @property
    def verb(self) -> Verb:
        """What who decides must be allowed to do for the duty's office."""
        return Verb.WAIVE if self is RequestKind.WAIVE else Verb.DECIDE


class RequestStatus(StrEnum):
    """What became of it."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    #: The duty was settled, or the day asked for came, before anybody decided.
    LAPSED = "lapsed"


#: Who decides, the nearest first; above whom each of them is.
_FLOOR = {
    Role.REGIONAL_COORDINATOR: 1,
    Role.AREA_DIRECTOR: 1,
    Role.REGIONAL_ADMINISTRATOR: 2,
    Role.OOSA_DIRECTOR: 3,
    Role.ASSISTANT_SECRETARY: 4,
}
DECIDING = tuple(_FLOOR)
#: A directorate's head stands where a region's administrator does.
_FLOORS_OF_ASKERS = _FLOOR | {Role.DIRECTORATE_HEAD: 2}


def deciding_roles(kind: RequestKind, owner_kind: str, asker: Iterable[Role]) -> list[Role]:
    """List the positions above those of who asks, the nearest first, by the kind of the office that owes the duty."""
    floor = max((_FLOORS_OF_ASKERS.get(role, 0) for role in asker), default=0)
    return [
        role
        for role, above in _FLOOR.items()
        if above > floor
        and kind.verb in RIGHTS[role]
        # As where a duty climbs: the coordinator of a region is not above the region itself.
        and (role is not Role.REGIONAL_COORDINATOR or owner_kind in FIELD)
    ]


def is_past_legal_date(until: date, due_on: date, basis: Basis, modality: Modality) -> bool:
    """Whether a snooze until a day goes past a date that the directive sets; a target of an office is none."""
    return until > due_on and basis is not Basis.OFFICE and modality is not Modality.PERMISSION


def silent_until(
    snoozed_until: date | None, due_on: date, basis: Basis, modality: Modality, *, agreed: bool
) -> date | None:
    """Return the day up to which a duty is silent: past its legal date only where a second person agreed."""
    if snoozed_until is None or agreed or not is_past_legal_date(snoozed_until, due_on, basis, modality):
        return snoozed_until
    return due_on


def reminded_on(until: date, due_on: date, closures: Closures) -> date:
    """Return the working day on which a reminder snoozed until a day comes: up to the due date never past it."""
    after = on_or_after(until, closures)
    return on_or_before(due_on, closures) if until <= due_on < after else after


def is_too_far(until: date, today: date) -> bool:
    """Whether a day is too far ahead to be silent until then: more than a year, so that nothing is forgotten."""
    return (until - today).days > LONGEST_SNOOZE
