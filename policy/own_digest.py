"""What a person's own digest holds and when it comes, unless the person chose something else."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from policy.duties import Basis, Modality

#: Each Monday at nine.
DEFAULT_SCHEDULE = "0 9 * * 1"
#: Calendar days ahead.
SOON = timedelta(days=14)


class LeavesOut(StrEnum):
    """What a person does not want to read in it."""

    #: Duties of the person's offices that are not assigned to the person.
    OFFICES = "offices"
    #: Advisory duties and targets that an office set.
    TARGETS = "targets"
    #: What is due later than in 14 calendar days.
    LATER = "later"


DEFAULT_LEAVES_OUT = (LeavesOut.OFFICES,)


def is_left_out(leaves_out: frozenset[str], due_on: date, basis: str, modality: str, today: date) -> bool:
    """Whether a duty is left out for what it is or when it is due."""
    if LeavesOut.TARGETS in leaves_out and (modality == Modality.ADVISORY or basis == Basis.OFFICE):
        return True
    return LeavesOut.LATER in leaves_out and due_on > today + SOON
