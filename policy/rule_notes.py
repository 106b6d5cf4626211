"""What the handbook says of each rule, beyond what the rule carries itself: plain words, and the readings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policy.duties import Basis, Modality
from policy.parameters import PARAMETERS, Parameter, value_in_words
from policy.strict_yaml import Entry, entries
from policy.words import day

FILE = Path(__file__).parent / "register" / "rules.yaml"

_WORDS = ("what", "levels", "opens", "when", "binds", "fulfilled", "ends")
_FIELDS = frozenset({*_WORDS, "basis", "modality"})
_MORE = frozenset({"readings", "parameters"})
_READING = frozenset({"about", "chosen", "instead"})
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A choice where the text is silent or contradicts itself."""

    #: The reading's id ("A05"), or the number of the clause.
    about: str
    chosen: str
    instead: str


@dataclass(frozen=True, slots=True)
class RuleNotes:
    """A rule in plain words; numbers are filled in from the parameters."""

    what: str
    levels: str
    opens: str
    #: The formula of the due date.
    when: str
    #: Which modality and basis hold when.
    binds: str
    fulfilled: str
    ends: str
    basis: tuple[Basis, ...]
    modality: tuple[Modality, ...]
    readings: tuple[Reading, ...]
    parameters: tuple[str, ...]


def load(path: Path = FILE, parameters: Mapping[str, Parameter] = PARAMETERS) -> dict[str, RuleNotes]:
    """Read the notes by rule id.

    Raises:
        RefusedFileError: with file and line, when an entry is incomplete, or names a parameter, a basis or a
            modality that does not exist, or a number that it does not list.
    """
    return {rule: _notes(entry, parameters) for rule, entry in entries(path)}


def _notes(entry: Entry, parameters: Mapping[str, Parameter]) -> RuleNotes:
    entry.expect(_FIELDS, _MORE)
    listed = tuple(entry.values.get("parameters") or ())
    for name in listed:
        if name not in parameters:
            raise entry.refuse(f"there is no parameter “{name}”.", "parameters")
    words = {name: _filled(entry, name, str(entry.values[name]), listed, parameters) for name in _WORDS}
    return RuleNotes(
        **words,
        basis=tuple(Basis(_one_of(entry, "basis", word, [b.value for b in Basis])) for word in entry.values["basis"]),
        modality=tuple(
            Modality(_one_of(entry, "modality", word, [m.value for m in Modality])) for word in entry.values["modality"]
        ),
        readings=tuple(_readings(entry, listed, parameters)),
        parameters=listed,
    )


def _readings(entry: Entry, listed: tuple[str, ...], parameters: Mapping[str, Parameter]) -> Iterator[Reading]:
    for child in entry.children("readings"):
        child.expect(_READING)
        yield Reading(
            **{name: _filled(child, name, str(child.values[name]), listed, parameters) for name in sorted(_READING)}
        )


def _one_of(entry: Entry, field: str, word: object, allowed: list[str]) -> str:
    if str(word) not in allowed:
        raise entry.refuse(f"“{word}” is none of {', '.join(allowed)}.", field)
    return str(word)


def _filled(entry: Entry, field: str, text: str, listed: tuple[str, ...], parameters: Mapping[str, Parameter]) -> str:
    for name in _PLACE.findall(text):
        if name not in listed:
            raise entry.refuse(f"“{{{name}}}” is not among the parameters of this rule.", field)
    return _PLACE.sub(lambda found: in_words(parameters[found[1]]), " ".join(text.split()))


def in_words(parameter: Parameter) -> str:
    """Write the value in force now, and what was in force before, as in "5 years (2 years before March 4, 2020)"."""
    *earlier, latest = parameter.values
    if not earlier:
        return value_in_words(latest)
    before = f"{value_in_words(earlier[-1])} before {day(latest.in_force_from)}"
    return f"{value_in_words(latest)} ({before})"


NOTES = load()
