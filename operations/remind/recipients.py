"""Who hears of a stage: offices, and officials by their position; which person that is turns out on the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.offices import Office
from policy.ladder import FIELD, REGION
from policy.stages import Audience


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a notice."""

    #: "office:0317300", "official:REG-PHI".
    name: str
    #: The office whose day and schedule hold.
    office_id: int
    audience: Audience


def recipients(audience: Audience, owner: Office, offices: Mapping[int, Office]) -> Iterator[Recipient]:
    """Yield who hears of a stage: the owner's office of every one, and whoever the stage climbs to."""
    yield Recipient(f"office:{owner.code}", owner.id, Audience.OWNER)
    root = line_of(owner, offices)[-1]
    if root.kind == "external":
        # An outside body has nobody of ours above it.
        return
    if audience is Audience.OFFICIAL_ABOVE:
        seat = seat_above(owner, offices)
        yield Recipient(f"official:{seat.code}", seat.id, audience)
    elif audience is Audience.NATIONAL_OFFICE and root is not owner:
        yield Recipient(f"office:{root.code}", root.id, audience)


def line_of(office: Office, offices: Mapping[int, Office]) -> list[Office]:
    """Return an office and all offices above it, the nearest first."""
    line = [office]
    while line[-1].parent_id is not None:
        line.append(offices[line[-1].parent_id])
    return line


def seat_above(owner: Office, offices: Mapping[int, Office]) -> Office:
    """Return the office where the official above sits: the region of a field office or of itself, else the top."""
    line = line_of(owner, offices)
    if owner.kind in FIELD or owner.kind == REGION:
        return next((office for office in line if office.kind == REGION), line[-1])
    return line[-1]
