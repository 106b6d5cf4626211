"""A change of a parameter as a person writes it: NAME=VALUE, or NAME=VALUE@DATE for a value from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import process

from operations.refusals import Refused
from policy.duties import Modality
from policy.parameters import PARAMETERS, Parameter, renewal_term_bounds, value_in_words

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
    return ChangedParameter(name, _value(known, value, since), since)


def stated_otherwise(change: ChangedParameter) -> str | None:
    """Say that the text states the number that is changed; None where an office chose it, or it stays as it is."""
    series = PARAMETERS[change.name]
    stated = series.values[-1] if change.since is None else series.at(change.since)
    if stated.basis == "office" or stated.value == change.value:
        return None
    source = {"directive": "the directive", "faq": "OSHA's FAQ", "osha-web": "an OSHA web page"}[stated.basis]
    return (
        f"{change.name}: {source} states {value_in_words(stated)} ({stated.clause.name}); another number departs from "
        "the text and takes more than an office's choice."
    )


def _value(known: Parameter, typed: str, since: date | None) -> int | str:
    unit = known.values[0].unit
    if unit == "word":
        if typed not in WORDS:
            raise Refused(f"“{typed}” does not fit {known.name}; it is one of {', '.join(WORDS)}.")
        return typed
    fewest, most = BOUNDS[unit]
    if not typed.isdecimal() or not fewest <= int(typed) <= most:
        raise Refused(f"“{typed}” does not fit {known.name}; it is a number of {unit} from {fewest} to {most}.")
    if known.name == "renewal_term_years":
        shortest, longest = renewal_term_bounds(since or date.max)
        if not shortest <= int(typed) <= longest:
            raise Refused(
                f"“{typed}” does not fit {known.name}: a renewal runs {shortest} to {longest} years "
                "(CSP 04-01-002 VII.B; FAQ F-10)."
            )
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
