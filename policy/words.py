"""Plain words for the sentences of a derivation; dates as staff write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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


def day(on: date) -> str:
    """Write a date, as in "June 20, 2026"."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def count(number: int, noun: str) -> str:
    """Write a number with its noun, as in "1 meeting" or "2 meetings"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(words: Iterable[str]) -> str:
    """Join words, as in "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capital(words: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return words[:1].upper() + words[1:]
