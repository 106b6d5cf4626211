"""Plain words for the sentences of a derivation; dates as staff write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time

_NOON = 12
# Not strftime: it follows the locale of the process.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

#: What turns the direction of writing: out of somebody's text it would turn our own words around it.
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def day(on: date) -> str:
    """Write a date, as in "June 20, 2026"."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def clock(at: time) -> str:
    """Write a time of day, as in "9:00 AM"."""
    return f"{at.hour % _NOON or _NOON}:{at.minute:02} {'AM' if at.hour < _NOON else 'PM'}"


def month_of(on: date) -> str:
    """Name the month of a date, as in "June 2026"."""
    return f"{_MONTHS[on.month - 1]} {on.year}"


def count(number: int, noun: str) -> str:
    """Write a number with its noun, as in "1 meeting", "2 meetings" or "3 duties"."""
    if number != 1:
        noun = f"{noun.removesuffix('y')}ies" if noun.endswith("ty") else f"{noun}s"
    return f"{number} {noun}"


def listing(words: Iterable[str]) -> str:
    """Join words, as in "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capital(words: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return words[:1].upper() + words[1:]


def small(words: str) -> str:
    """Begin with a small letter, as within a sentence, and leave the rest as it is."""
    return words[:1].lower() + words[1:]
