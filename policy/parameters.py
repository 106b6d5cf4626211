"""Dated numbers, each with its unit, its basis and the clause it comes from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from policy.clauses import CLAUSES, Clause
from policy.strict_yaml import Entry, series

FILE = Path(__file__).parent / "parameters.yaml"

UNITS = frozenset({"calendar days", "working days", "calendar months", "years", "meetings", "percent", "word"})
BASES = frozenset({"directive", "faq", "osha-web", "office"})

_IN_WORDS = {"working days": "federal working days"}
_FIELDS = frozenset({"from", "value", "unit", "basis", "source", "last_checked_on"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a parameter, in force from a day until the next value's day."""

    in_force_from: date
    value: int | str
    unit: str
    basis: str
    clause: Clause
    #: When somebody last compared the value with its source.
    last_checked_on: date


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named series of values, oldest first."""

    name: str
    values: tuple[Value, ...]

    def at(self, day: date) -> Value:
        """Give the value in force on a day; a day before the first value gets the first."""
        if len(self.values) == 1:
            return self.values[0]
        return self.values[max(0, bisect_right(self.values, day, key=lambda v: v.in_force_from) - 1)]

    def number(self, day: date) -> int:
        """Give the number in force on a day.

        Raises:
            TypeError: when the parameter is a word.
        """
        value = self.at(day).value
        if isinstance(value, str):
            raise TypeError(f"{self.name} is a word, not a number.")
        return value

    def word(self, day: date) -> str:
        """Give the word in force on a day."""
        return str(self.at(day).value)


def load(path: Path = FILE) -> dict[str, Parameter]:
    """Read the parameters by name.

    Raises:
        RefusedFileError: with file and line, when a source, a unit or a date is missing, a field is unknown,
            a clause is not in the register, or the dates do not rise.
    """
    return {name: Parameter(name, _rising(name, [(e, _value(e)) for e in found])) for name, found in series(path)}


def _rising(name: str, found: list[tuple[Entry, Value]]) -> tuple[Value, ...]:
    for (_, earlier), (entry, later) in pairwise(found):
        if later.in_force_from <= earlier.in_force_from:
            raise entry.refuse(f"the dates of “{name}” must rise.", "from")
    return tuple(value for _, value in found)


def _value(entry: Entry) -> Value:
    entry.expect(_FIELDS)
    unit = _one_of(entry, "unit", UNITS)
    value = entry.values["value"]
    if type(value) is not (str if unit == "word" else int):
        raise entry.refuse(f"“{value}” does not fit the unit “{unit}”.", "value")
    source = str(entry.values["source"])
    if source not in CLAUSES:
        raise entry.refuse(f"there is no clause “{source}” in the register.", "source")
    return Value(
        in_force_from=_day(entry, "from"),
        value=value,
        unit=unit,
        basis=_one_of(entry, "basis", BASES),
        clause=CLAUSES[source],
        last_checked_on=_day(entry, "last_checked_on"),
    )


def _one_of(entry: Entry, name: str, allowed: frozenset[str]) -> str:
    word = str(entry.values[name])
    if word not in allowed:
        raise entry.refuse(f"“{word}” is none of {', '.join(sorted(allowed))}.", name)
    return word


def _day(entry: Entry, name: str) -> date:
    day = entry.values[name]
    if type(day) is not date:
        raise entry.refuse(f"“{day}” is not a date like 2015-07-29.", name)
    return day


def value_in_words(value: Value) -> str:
    """Write a value with its unit, as in "60 calendar days" or "1 calendar month"."""
    if value.unit == "word":
        return str(value.value)
    if value.unit == "percent":
        return f"{value.value} percent"
    unit = _IN_WORDS.get(value.unit, value.unit)
    return f"{value.value} {unit.removesuffix('s') if value.value == 1 else unit}"


PARAMETERS = load()


def notice_days(on: date) -> int:
    """Calendar days between a written notice of that day and the earliest end (IX.C, last sentence)."""
    return PARAMETERS["notice_days"].number(on)


def meetings_a_year(on: date) -> int:
    """Meetings in an agreement year that begins on that day (VI.H)."""
    return PARAMETERS["meetings_a_year"].number(on)


def meetings_pace_percent(on: date) -> int:
    """Percent of an agreement year that begins on that day in which its first meeting should be held."""
    return PARAMETERS["meetings_pace_percent"].number(on)


def meetings_apart_days(on: date) -> int:
    """Calendar days kept for each meeting still to be held in an agreement year that begins on that day."""
    return PARAMETERS["meetings_apart_days"].number(on)


def area_meetings_modality(on: date) -> str:
    """How strongly the meetings bind an area office in an agreement year that begins on that day (A01)."""
    return PARAMETERS["area_meetings_modality"].word(on)


def annual_report_days(on: date) -> int:
    """Calendar days for the annual report after that anniversary or end (VIII.F.3)."""
    return PARAMETERS["annual_report_days"].number(on)


def initial_term_years(on: date) -> int:
    """Years that an initial agreement signed on that day runs (VII.B)."""
    return PARAMETERS["initial_term_years"].number(on)


def renewal_term_years(on: date) -> int:
    """Years that a renewal signed on that day is assumed to run when no term is on record."""
    return PARAMETERS["renewal_term_years"].number(on)


def renewal_term_bounds(on: date) -> tuple[int, int]:
    """Fewest and most years that a renewal signed on that day may run (VII.B)."""
    return PARAMETERS["renewal_term_min_years"].number(on), PARAMETERS["renewal_term_max_years"].number(on)


def renewal_decision_lead_days(on: date) -> int:
    """Calendar days before expiry on which the decision opens, for an agreement signed on that day."""
    return PARAMETERS["renewal_decision_lead_days"].number(on)


def lapse_after_days(on: date) -> int:
    """Calendar days that an alliance whose term ended on that day stays past-due before it lapses (A14)."""
    return PARAMETERS["lapse_after_days"].number(on)


def report_handoff_days(on: date) -> int:
    """Calendar days for an area office's hand-over of the report after that anniversary or end (A04)."""
    return PARAMETERS["report_handoff_days"].number(on)


def first_work_plan_days(on: date) -> int:
    """Calendar days for the first year's work plan after a signing on that day (A26)."""
    return PARAMETERS["first_work_plan_days"].number(on)


def work_plan_days(on: date) -> int:
    """Calendar days for the work plan of a later agreement year that begins on that day (A26)."""
    return PARAMETERS["work_plan_days"].number(on)


def work_plan_modality(signed_on: date) -> str:
    """How strongly a work plan is asked for under an agreement signed on that day (A10)."""
    return PARAMETERS["work_plan_modality"].word(signed_on)


def first_meeting_days(on: date) -> int:
    """Calendar days for the first team meeting after an original signing on that day (A26)."""
    return PARAMETERS["first_meeting_days"].number(on)


def signed_copy_months(on: date) -> int:
    """Calendar months for DCSP to have the copy of an agreement signed on that day (A16)."""
    return PARAMETERS["signed_copy_months"].number(on)


def report_posting_days(on: date) -> int:
    """Calendar days for posting an annual report submitted on that day (A17)."""
    return PARAMETERS["report_posting_days"].number(on)


def extension_warning_months(on: date) -> int:
    """Calendar months from which a conditional extension decided on that day is called long (A13)."""
    return PARAMETERS["extension_warning_months"].number(on)


def draft_comment_working_days(on: date) -> int:
    """Federal working days for a comment asked for on that day (A16)."""
    return PARAMETERS["draft_comment_working_days"].number(on)


def activity_notice_working_days(on: date) -> int:
    """Federal working days between the notice of an activity and that day, on which it takes place (A22)."""
    return PARAMETERS["activity_notice_working_days"].number(on)
