"""What a picture of the program shows: compliance by office and region, people reached by emphasis area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.compliance import NONE, Compliance, total
from policy.duties import Period

UNNAMED = "No emphasis area named"


class View(StrEnum):
    """Which year is looked at."""

    FISCAL = "fiscal"
    #: Of each alliance the agreement year that runs.
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Unit:
    """An office, or a region with all of its offices."""

    code: str
    name: str
    #: The region that it belongs to; the National Office for what it leads itself.
    region: str
    #: Alliances in effect, or past due and not yet lapsed, on the day.
    alliances: int = 0
    compliance: Compliance = NONE
    activities: int = 0
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """An emphasis area; an activity of several counts in each."""

    name: str
    activities: int
    reached: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, as of the end of a day."""

    office: str
    code: str
    view: View
    #: What the year is called: "fiscal year 2027".
    year: str
    #: None where each alliance has its own.
    period: Period | None
    on: date
    regions: tuple[Unit, ...]
    offices: tuple[Unit, ...]
    areas: tuple[Area, ...]
    #: Each activity once; and those of which no number is on record.
    activities: int
    reached: int
    unknown: int

    @property
    def compliance(self) -> Compliance:
        """Of all offices together."""
        return total(unit.compliance for unit in self.offices)

    @property
    def alliances(self) -> int:
        """How many alliances are active."""
        return sum(unit.alliances for unit in self.offices)

    @property
    def units(self) -> tuple[Unit, ...]:
        """What a chart shows: the regions, or the offices where there is only one region."""
        return self.regions if len(self.regions) > 1 else self.offices


def percent_words(found: Compliance) -> str:
    """Say how many of a hundred were done in time."""
    return "none due" if found.percent is None else f"{found.percent} % in time"
