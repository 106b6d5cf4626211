"""How duties that fell due were done: in time, afterwards, or not yet; the same count for every surface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policy.duties import Modality, Status


@dataclass(frozen=True, slots=True)
class Compliance:
    """Duties that fell due within a span, and how many days late what was late is or was."""

    in_time: int = 0
    afterwards: int = 0
    late: int = 0
    #: Calendar days from the due date to the day it was done, or to the day that is looked at: the sum, the longest.
    days_late: int = 0
    longest: int = 0

    @property
    def due(self) -> int:
        """How many fell due."""
        return self.in_time + self.afterwards + self.late

    @property
    def percent(self) -> int | None:
        """How many of a hundred were done in time, rounded down; None where none fell due."""
        return self.in_time * 100 // self.due if self.due else None

    @property
    def average(self) -> float:
        """How many days late what was late is or was, on average."""
        return self.days_late / (self.afterwards + self.late) if self.afterwards + self.late else 0.0

    def __add__(self, other: Compliance) -> Compliance:
        """Count both."""
        return Compliance(
            self.in_time + other.in_time,
            self.afterwards + other.afterwards,
            self.late + other.late,
            self.days_late + other.days_late,
            max(self.longest, other.longest),
        )


NONE = Compliance()


def counted(
    due_on: date, modality: Modality, settled: Status | None, settled_on: date | None, on: date, *, over: bool = False
) -> Compliance:
    """Count one duty as it stands on a day, or, where that is `over`, as it stood at its end.

    What falls due on that day and is not done is late once the day is over, by no day yet. A permission is never
    late; what was waived or lifted by then fell away; what is not due yet is not counted.
    """
    done = settled_on if settled_on is not None and settled_on <= on else None
    if modality is Modality.PERMISSION or (done is not None and settled is not Status.MET):
        return NONE
    if done is not None and done <= due_on:
        return Compliance(in_time=1) if due_on <= on else NONE
    if due_on > on or (due_on == on and not over):
        return NONE
    days = ((done or on) - due_on).days
    return Compliance(afterwards=1, days_late=days, longest=days) if done else Compliance(0, 0, 1, days, days)


def total(parts: Iterable[Compliance]) -> Compliance:
    """Count all of them."""
    return sum(parts, NONE)
