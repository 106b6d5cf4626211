"""What a rule answers: a duty with its date, its clause and the steps that lead to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy.clauses import Clause
from policy.meeting_year import MeetingYear


class Basis(StrEnum):
    """Where a date comes from; a date with basis `office` is a target, never a legal deadline."""

    DIRECTIVE = "directive"
    FAQ = "faq"
    OSHA_WEB = "osha-web"
    OFFICE = "office"


class Modality(StrEnum):
    """How strongly the text asks; a permission is never chased."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    PERMISSION = "permission"


class Status(StrEnum):
    """How a duty stands on a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAST_TARGET = "past-target"
    MET = "met"
    WAIVED = "waived"
    LIFTED = "lifted"

    @property
    def unsettled(self) -> bool:
        """Whether somebody still has to do something."""
        return self in _UNSETTLED


_UNSETTLED = frozenset({Status.OPEN, Status.OVERDUE, Status.PAST_TARGET})


class Owner(StrEnum):
    """The position that owes a duty."""

    ALLIANCE_COORDINATOR = "Alliance Coordinator"
    REGIONAL_COORDINATOR = "Regional Alliance Program Coordinator"
    AREA_DIRECTOR = "Area Director"
    REGIONAL_ADMINISTRATOR = "Regional Administrator"
    DCSP = "DCSP"
    DIRECTORATE_HEAD = "directorate head"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of days, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: a plain sentence, and the clause that it rests on, if any."""

    text: str
    clause: Clause | None = None

    def __str__(self) -> str:
        return self.text if self.clause is None else f"{self.text} [{self.clause.name}: “{self.clause.quoted}”]"


@dataclass(frozen=True, slots=True)
class Due:
    """A duty of an alliance as it stands on the day of the check; every date is a calendar day."""

    rule: str
    #: What caused the duty: "alliance:7", "agreement:12", "notice:3", "milestone:5", "program".
    subject: str
    period: Period | None
    opens_on: date
    #: For a permission the day from which it may be used: it is never due, and programs read null.
    due_on: date
    #: The last federal working day on or before `due_on`.
    working_day: date
    status: Status
    basis: Basis
    modality: Modality
    edition: str
    clauses: tuple[Clause, ...]
    #: True when the edition in force is silent and the older text is applied.
    carried_over: bool
    #: An `Owner`, or the person or position that a record names.
    owner: str
    #: Meetings only.
    meetings: MeetingYear | None = None
    #: What is on record of it and what is still missing; None where nothing or all of it is.
    so_far: str | None = None
    #: The day it was met, waived or lifted.
    settled_on: date | None = None
    #: Why it was waived or lifted.
    reason: str | None = None
    #: Who waived it.
    waived_by: str | None = None
    #: The steps that only its rule knows, built only when somebody asks; `policy.explain` adds what is common.
    why: Callable[[], tuple[Step, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def required(self) -> int | None:
        """How many meetings the year needs; None for any other duty."""
        return None if self.meetings is None else self.meetings.required

    @property
    def held(self) -> int | None:
        """How many of them were held; None for any other duty."""
        return None if self.meetings is None else self.meetings.held

    @property
    def at_risk(self) -> bool:
        """Open, and its year can no longer fit its meetings comfortably."""
        return self.status is Status.OPEN and self.meetings is not None and self.meetings.risk is not None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Rule, subject and period as they are on record: what tells it from every other duty."""
        return self.rule, self.subject, None if self.period is None else str(self.period)

    @property
    def id(self) -> uuid.UUID:
        """The same on every surface and in every run: it names what the key does."""
        return uuid.uuid5(DUTIES, f"{self.rule}|{self.subject}|{self.period or ''}")


#: Namespace of the ids of duties; changing it renames every duty.
DUTIES = uuid.UUID("8d0f9c1e-51f5-4e0a-9d5b-7f1f2a3c4b60")
