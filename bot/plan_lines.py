"""The lines of a work plan as they are typed: milestones, and activities with audience, person and metric."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from operations.operate.plan_content import Planned, Promise

MOST_MILESTONES = 30
MOST_ACTIVITIES = 30
TITLE_CHARACTERS = 300
#: Characters that a field for lines takes: what is longer is written without the spaces between the parts.
FIELD_CHARACTERS = 3000
#: Month, day and year as staff write them.
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
#: What the parts of an activity's line are called, in their order.
_PARTS = ("the activity", "the audience", "the responsible person", "the metric")


def read_milestones(text: str) -> list[Promise]:
    """Read milestones, one to a line, each "date; person; what".

    Raises:
        ValueError: A line is none; the sentence names it.
    """
    lines = _lines(text)
    if len(lines) > MOST_MILESTONES:
        raise ValueError(f"At most {MOST_MILESTONES} milestones; these are {len(lines)}.")
    return [_milestone(number, line) for number, line in enumerate(lines, start=1)]


def read_activities(text: str) -> list[Planned]:
    """Read activities, one to a line, each "what; audience; responsible person; metric"; all but the first may lack.

    Raises:
        ValueError: A line is none; the sentence names it.
    """
    lines = _lines(text)
    if len(lines) > MOST_ACTIVITIES:
        raise ValueError(f"At most {MOST_ACTIVITIES} activities; these are {len(lines)}.")
    return [_activity(number, line) for number, line in enumerate(lines, start=1)]


def write_milestones(milestones: Iterable[Promise]) -> str:
    """Return milestones as they are typed."""
    return _written([(m.due_on.isoformat(), m.person, m.title) for m in milestones])


def write_activities(activities: Iterable[Planned]) -> str:
    """Return activities as they are typed."""
    return _written([(a.what, a.audience, a.person, a.metric) for a in activities])


def _written(lines: Sequence[Sequence[str]]) -> str:
    wide, close = ("\n".join(between.join(parts).rstrip("; ") for parts in lines) for between in ("; ", ";"))
    return wide if len(wide) <= FIELD_CHARACTERS else close


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _milestone(number: int, line: str) -> Promise:
    parts = [part.strip() for part in line.split(";", 2)]
    if len(parts) < 3 or not all(parts):  # noqa: PLR2004 - the three that a milestone has
        raise ValueError(f"Line {number} is no milestone: write date; person; what.")
    due_on = _date(parts[0])
    if due_on is None:
        raise ValueError(f"Line {number}: “{parts[0][:40]}” is no date; write it as 2027-03-15 or 3/15/2027.")
    if len(parts[2]) > TITLE_CHARACTERS:
        raise ValueError(f"Line {number} is too long: at most {TITLE_CHARACTERS} characters for what is to be done.")
    return Promise(due_on=due_on, person=parts[1][:200], title=parts[2])


def _activity(number: int, line: str) -> Planned:
    parts = [part.strip() for part in line.split(";")]
    if not parts[0]:
        raise ValueError(f"Line {number} names no activity: write activity; audience; person; metric.")
    if len(parts) > len(_PARTS):
        raise ValueError(f"Line {number} has more than the four parts activity; audience; person; metric.")
    for name, part in zip(_PARTS, parts, strict=False):
        if len(part) > TITLE_CHARACTERS:
            raise ValueError(f"Line {number} is too long: at most {TITLE_CHARACTERS} characters for {name}.")
    return Planned(*parts)


def _date(text: str) -> date | None:
    american = _AMERICAN.fullmatch(text)
    try:
        if american is not None:
            month, of_month, year = map(int, american.groups())
            return date(year, month, of_month)
        return date.fromisoformat(text)
    except ValueError:
        return None
