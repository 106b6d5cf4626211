"""The kinds of records that a retention schedule tells apart, and from when their years are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """A kind of records."""

    ALLIANCES = "alliances"
    DOCUMENTS = "documents"
    MESSAGES = "messages"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class About:
    """What belongs to a kind, and the event from which its years are counted."""

    holds: str
    counted_from: str


ABOUT = {
    Kind.ALLIANCES: About(
        "agreements, plans, teams, meetings, activities, evaluations, reports and duties of an alliance",
        "the end of the alliance",
    ),
    Kind.DOCUMENTS: About("documents kept with an alliance", "the end of the alliance"),
    Kind.MESSAGES: About("reminders and other messages that were sent, with their words", "the day it was sent"),
    Kind.AUDIT: About("the audit: who did what, and when", "the day of the entry"),
}
LEAP_DAY = (2, 29)


def kept_until(event: date, years: int) -> date:
    """Return the last day on which something is to be kept; of February 29 it is the 28th where there is none."""
    year = event.year + years
    if (event.month, event.day) == LEAP_DAY and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        return date(year, 2, 28)
    return event.replace(year=year)
