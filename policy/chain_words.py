"""Chains as an office writes them: a line for each step, the seats by position, the offices by how they are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policy.approval import Chain, Seat, Step
from policy.chains import Place
from policy.rights import Role
from policy.words import listing

LEAD, EACH_OFFICE, EACH_REGION, NATIONAL = "lead office", "each office", "each region", "National Office"
_PLACES = {place.casefold(): place for place in (LEAD, EACH_OFFICE, EACH_REGION, NATIONAL)}
#: Where a position is looked for when a line does not say it.
_AT = {
    Role.ALLIANCE_COORDINATOR: LEAD,
    Role.AREA_DIRECTOR: EACH_OFFICE,
    Role.REGIONAL_COORDINATOR: EACH_REGION,
    Role.REGIONAL_ADMINISTRATOR: EACH_REGION,
    Role.DCSP_STAFF: NATIONAL,
    Role.OOSA_DIRECTOR: NATIONAL,
    Role.ASSISTANT_SECRETARY: NATIONAL,
}
_ROLES = {role.value.casefold(): role for role in Role if role is not Role.ADMINISTRATOR}
MOST_STEPS = 12
HOW = (
    "One step a line, in order. “Area Director and Regional Administrator” needs both, with “or” one is enough, and "
    "“2 of Area Director, Regional Administrator, OOSA director” needs two. An office follows an @, as in “directorate "
    'head @ DEP”; who is not in Slack stands in quotes: "Office of the Solicitor, Region 3". A title may stand '
    "before a colon."
)
_TITLE = re.compile(r'(?P<title>[^":@]{1,100}):\s*(?P<rest>.+)')
_SOME = re.compile(r"(?P<needs>\d{1,2})\s+of\s+(?P<rest>.+)", re.IGNORECASE)
_QUOTED = re.compile(r'["“](?P<name>[^"“”]{1,100})["”]')
#: What stands between seats, and outside quotes.
_OUTSIDE_QUOTES = r'(?=(?:[^"“”]*["“][^"“”]*["”])*[^"“”]*$)'
_AND, _OR, _COMMA = (
    re.compile(pattern + _OUTSIDE_QUOTES, re.IGNORECASE) for pattern in (r"\s+and\s+", r"\s+or\s+", r"\s*,\s*")
)


class BadChainError(ValueError):
    """Raised when a line cannot be read; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class SeatWords:
    """A seat as it is written: a position and where it is found, or somebody outside."""

    role: Role | None
    place: str
    outside: str = ""


@dataclass(frozen=True, slots=True)
class StepWords:
    """A line: its title, how many of its seats are needed (None: all), and the seats."""

    title: str
    needs: int | None
    seats: tuple[SeatWords, ...]


def chain_lines(text: str) -> list[str]:
    """Part a chain into its lines: each ends with a semicolon or a line feed."""
    return [" ".join(line.split()) for line in re.split(r"[;\n]", text) if line.strip()]


def read_lines(lines: Iterable[str]) -> tuple[StepWords, ...]:
    """Read the lines of a chain.

    Raises:
        BadChainError: A line cannot be read, there is none, or there are too many.
    """
    steps = tuple(_read(line.strip()) for line in lines if line.strip())
    if not steps:
        raise BadChainError("A chain has at least one step.")
    if len(steps) > MOST_STEPS:
        raise BadChainError(f"A chain has at most {MOST_STEPS} steps.")
    return steps


def place_chain(steps: Sequence[StepWords], at: Place) -> Chain:
    """Find the seats of a chain for the offices of one alliance; a seat that comes twice counts once.

    Raises:
        BadChainError: A step needs more than there are.
    """
    return Chain(tuple(_placed(f"set-{number}", step, at) for number, step in enumerate(steps, start=1)))


def codes_named(steps: Iterable[StepWords]) -> set[str]:
    """Give the codes of the offices that a chain names."""
    return {seat.place for step in steps for seat in step.seats if seat.place and seat.place not in _PLACES.values()}


def _placed(id: str, step: StepWords, at: Place) -> Step:
    seats = tuple(dict.fromkeys(seat for words in step.seats for seat in _seats(words, at)))
    needs = len(seats) if step.needs is None else step.needs
    if needs > len(seats):
        raise BadChainError(f"“{step.title}” needs {needs} of {len(seats)}.")
    return Step(id, step.title, seats, needs)


def _seats(words: SeatWords, at: Place) -> Iterator[Seat]:
    if words.role is None:
        yield Seat(outside=words.outside)
        return
    found: Sequence[str] = {
        LEAD: at.offices[:1],
        EACH_OFFICE: at.offices,
        EACH_REGION: at.each_region,
        NATIONAL: (at.national,),
    }.get(words.place, (words.place,))
    yield from (Seat(words.role, code) for code in found)


def _read(line: str) -> StepWords:
    title, rest = None, line
    if (titled := _TITLE.fullmatch(line)) is not None:
        title, rest = titled["title"].strip(), titled["rest"]
    if (some := _SOME.fullmatch(rest)) is not None:
        needs, parts = int(some["needs"]), _COMMA.split(some["rest"])
    elif len(either := _OR.split(rest)) > 1:
        needs, parts = 1, either
    else:
        needs, parts = None, [part for half in _AND.split(rest) for part in _COMMA.split(half)]
    if any(len(splitter.split(part)) > 1 for part in parts for splitter in (_AND, _OR)):
        raise BadChainError(f"“{line}” mixes “and” with “or”: write two lines, or “1 of A, B”.")
    seats = tuple(_seat(part.strip(), line) for part in parts)
    if len(set(seats)) != len(seats):
        raise BadChainError(f"“{line}” names somebody twice.")
    if needs is not None and not needs >= 1:
        raise BadChainError(f"“{line}” needs nobody.")
    names = [_named(seat) for seat in seats]
    if needs is None:
        return StepWords(title or listing(names), needs, seats)
    said = " or ".join(names) if needs == 1 else f"{needs} of {listing(names)}"
    return StepWords(title or said, needs, seats)


def _named(seat: SeatWords) -> str:
    if seat.role is None:
        return seat.outside
    return seat.role.value if seat.place == _AT.get(seat.role) else f"{seat.role.value} ({seat.place})"


def _seat(text: str, line: str) -> SeatWords:
    if (quoted := _QUOTED.fullmatch(text)) is not None:
        return SeatWords(None, "", " ".join(quoted["name"].split()))
    name, at, place = (part.strip() for part in text.partition("@"))
    role = _ROLES.get(" ".join(name.split()).casefold())
    if role is None:
        known = ", ".join(role.value for role in _ROLES.values())
        raise BadChainError(
            f"“{name}” in “{line}” is no position; the positions are {known}. Who is not in Slack stands in quotes."
        )
    if at and not place:
        raise BadChainError(f"No office follows the @ in “{line}”.")
    found = _PLACES.get(" ".join(place.split()).casefold(), place.upper()) if place else _AT.get(role, "")
    if not found:
        raise BadChainError(f"Say at which office, as in “{role.value} @ DEP”.")
    return SeatWords(role, found)
