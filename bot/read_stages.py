"""Days of reminders as a person writes them: "30, 14, 7, 1, 0", and for single rules a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz import process

from policy.rules import RULES

MOST_STAGES, LONGEST = 20, 3650


def read_days(text: str) -> list[int]:
    """Read numbers of days, parted by commas.

    Raises:
        ValueError: One of them is no number of days, or there are too many; the sentence says which.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not part.isdecimal() or int(part) > LONGEST:
            raise ValueError(f"“{part}” is no number of days from 0 to {LONGEST}; write them as in 30, 14, 7, 1, 0.")
    if len(parts) > MOST_STAGES:
        raise ValueError(f"At most {MOST_STAGES} reminders; these are {len(parts)}.")
    return [int(part) for part in parts]


def read_rule_days(text: str) -> dict[str, list[int]]:
    """Read "rule: days" of each line.

    Raises:
        ValueError: A line has another form, or names no rule; the sentence says which.
    """
    found: dict[str, list[int]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        rule, colon, days = (part.strip() for part in line.partition(":"))
        if not colon:
            raise ValueError(f"“{line}” is no line of this kind; write it as in renewal-decision: 180, 90, 30.")
        if rule not in RULES:
            closest = ", ".join(name for name, _, _ in process.extract(rule, list(RULES), limit=3))
            raise ValueError(f"“{rule}” is no rule. Closest: {closest}.")
        found[rule] = read_days(days)
    return found


def write_rule_days(found: Mapping[str, Iterable[int]], between: str) -> str:
    """Write days of rules as `read_rule_days` reads them."""
    return between.join(f"{rule}: {', '.join(map(str, days))}" for rule, days in found.items())
