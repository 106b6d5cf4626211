"""What stands in a calendar that people subscribe to, before it has a file format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an entry is, as calendar programs show it."""

    DEADLINE = "Deadline"
    MEETING = "Meeting"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that stands on a day; what has the same `uid` is the same thing, wherever it has moved to."""

    uid: str
    kind: Kind
    title: str
    #: What is to be known of it, a paragraph each.
    lines: tuple[str, ...]
    #: A local day; or the moment at which it begins, in the time zone in which it is meant, by its IANA name.
    begins: date | datetime
    #: When anything about it last changed, UTC: a later one replaces what was fetched before.
    changed_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as it stands at a moment; the same records make the same calendar."""

    name: str
    about: str
    entries: tuple[Entry, ...]
