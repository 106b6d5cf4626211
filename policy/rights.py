"""Who may do what: nothing is allowed until a position allows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A position that a person holds at an office (CSP 04-01-002 VI, VIII)."""

    ALLIANCE_COORDINATOR = "Alliance Coordinator"
    REGIONAL_COORDINATOR = "Regional Alliance Program Coordinator"
    AREA_DIRECTOR = "Area Director"
    REGIONAL_ADMINISTRATOR = "Regional Administrator"
    DCSP_STAFF = "DCSP staff"
    OOSA_DIRECTOR = "OOSA director"
    DIRECTORATE_HEAD = "directorate head"
    DIRECTORATE_REVIEWER = "directorate reviewer"
    SOLICITOR = "Solicitor's office"
    ASSISTANT_SECRETARY = "Assistant Secretary"
    ADMINISTRATOR = "administrator"


class Verb(StrEnum):
    """What can be done to the records; each value completes the sentence "may …"."""

    RECORD = "record the work of alliances"
    SUBMIT_REPORT = "record annual reports"
    EVALUATE = "record evaluations"
    DECIDE_RENEWAL = "record the decision at the end of a term"
    GIVE_NOTICE = "record a 30-day notice"
    END = "end an alliance"
    STEER_REMINDERS = "snooze or pass on reminders"
    ADMINISTER = "change offices, people and settings"

    @property
    def label(self) -> str:
        """The words after "may"."""
        return self.value


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A role at an office; it counts for that office and the offices below it."""

    role: Role
    office: str


_LEADERS = frozenset(
    {Role.ALLIANCE_COORDINATOR, Role.REGIONAL_COORDINATOR, Role.AREA_DIRECTOR, Role.REGIONAL_ADMINISTRATOR}
)
_NATIONAL = frozenset({Role.DCSP_STAFF, Role.OOSA_DIRECTOR})

#: The whole table. Positions above an office act for it: a Regional Administrator for every area office of
#: the region. National alliances are led by the National Office: who acts for them holds a position there.
ALLOWED: dict[Verb, frozenset[Role]] = {
    Verb.RECORD: _LEADERS | _NATIONAL,
    Verb.SUBMIT_REPORT: _LEADERS | _NATIONAL,
    Verb.EVALUATE: _LEADERS | _NATIONAL,
    Verb.DECIDE_RENEWAL: _LEADERS | _NATIONAL,
    Verb.GIVE_NOTICE: _LEADERS | _NATIONAL,
    Verb.END: _LEADERS | _NATIONAL,
    Verb.STEER_REMINDERS: _LEADERS | _NATIONAL | {Role.ADMINISTRATOR},
    Verb.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}


def may(verb: Verb, held: Iterable[HeldPosition], office_line: Sequence[str]) -> bool:
    """Whether one of the positions allows the verb for an office.

    `office_line` holds the codes of the office and of all offices above it.
    """
    return any(position.role in ALLOWED[verb] and position.office in office_line for position in held)


def who_may(verb: Verb) -> tuple[Role, ...]:
    """Return the roles that may do it, in the order of the directive."""
    return tuple(role for role in Role if role in ALLOWED[verb])
