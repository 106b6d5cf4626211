"""A change of a parameter as a person writes it: NAME=VALUE, or NAME=VALUE@DATE for a value from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import process

from operations.refusals import Refused
from policy.duties import Modality
from policy.parameters import PARAMETERS, Parameter

WORDS = (Modality.MANDATORY.value, Modality.ADVISORY.value)
#: The fewest and most that a value of a unit may be: enough for every question, and no date past the calendar.
BOUNDS = {
    "calendar days": (0, 3650),
    "working days": (0, 2500),
    "calendar months": (0, 120),
    "years": (1, 50),
    "meetings": (0, 12),
    "percent": (0, 100),
}


@dataclass(frozen=True, slots=True)
class ChangedParameter:
    """Another value of a parameter."""

    name: str
    value: int | str
    #: The day from which it would hold; None: for all days.
    since: date | None


def read_change(text: str) -> ChangedParameter:
    """Read a change of a parameter.

    Raises:
        Refused: It has another form, names no parameter, or the value does not fit its unit.
    """
    name, equals, rest = (part.strip() for part in text.partition("="))
    value, at, day = (part.strip() for part in rest.partition("@"))
    if not equals or not value or (at and not day):
        raise Refused(f"“{text}” is no change of a parameter; write NAME=VALUE, or NAME=VALUE@DATE.")
    known = PARAMETERS.get(name)
    if known is None:
        closest = ", ".join(found for found, _, _ in process.extract(name, list(PARAMETERS), limit=3))
        raise Refused(f"There is no parameter “{name}”. Closest: {closest}.")
    try:
        since = date.fromisoformat(day) if day else None
    except ValueError:
        raise Refused(f"“{day}” is no day; write it as in 2026-11-22.") from None
    return ChangedParameter(name, _value(known, value), since)


def _value(known: Parameter, typed: str) -> int | str:
    unit = known.values[0].unit
    if unit == "word":
        if typed not in WORDS:
            raise Refused(f"“{typed}” does not fit {known.name}; it is one of {', '.join(WORDS)}.")
        return typed
    fewest, most = BOUNDS[unit]
    if not typed.isdecimal() or not fewest <= int(typed) <= most:
        raise Refused(f"“{typed}” does not fit {known.name}; it is a number of {unit} from {fewest} to {most}.")
    return int(typed)


def changed_series(changes: Iterable[ChangedParameter]) -> dict[str, Parameter]:
    """Return the parameters as they would be; a value from a day on holds until the next one's day."""
    made: dict[str, Parameter] = {}
    for change in changes:
        series = made.get(change.name) or PARAMETERS[change.name]
        if change.since is None:
            values = [replace(series.values[0], value=change.value)]
        else:
            fresh = replace(series.at(change.since), in_force_from=change.since, value=change.value)
            values = [value for value in series.values if value.in_force_from != change.since]
            values = sorted([*values, fresh], key=lambda value: value.in_force_from)
        made[change.name] = Parameter(change.name, tuple(values))
    return made
