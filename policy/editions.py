"""The editions of the directive, and which of them governs an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the directive, in force from its first day until the next edition's first day."""

    name: str
    in_force_from: date


CSP_2015 = Edition("CSP 04-01-002", date(2015, 7, 29))
CSP_2020 = Edition("CSP 04-01-003", date(2020, 3, 4))

#: Oldest first.
EDITIONS = (CSP_2015, CSP_2020)

#: The day from which each later edition holds; a longer list needs no other change.
_LATER = EDITIONS[1:]


def edition_on(signed_on: date) -> Edition:
    """Give the edition in force on a signing day; agreements older than every edition follow the oldest."""
    governing = EDITIONS[0]
    for edition in _LATER:
        if edition.in_force_from <= signed_on:
            governing = edition
    return governing
