"""The criteria of an evaluation as fields of a form: a mark and a note for each, in the words of its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from bot.form_types import Ask
from operations.operate.record_evaluation import Marked
from policy.editions import Edition
from policy.evaluation_marks import EVALUATED, Mark, evaluated


def mark_field(criterion: str) -> str:
    """Return the name of the field of a mark: "mark_work_plan"."""
    return f"mark_{_slug(criterion)}"


def note_field(criterion: str) -> str:
    """Return the name of the field of its note."""
    return f"note_{_slug(criterion)}"


def mark_fields() -> Iterator[tuple[str, Any]]:
    """Yield the two fields of each criterion that there is; a form hides those that do not bind."""
    for one in EVALUATED:
        mark = Annotated[Mark | None, Ask(labels={each.value: each.value for each in Mark})]
        yield mark_field(one.id), (mark, Field(default=None, title=one.title, description=one.hint))
        note = Annotated[str | None, Ask(placeholder="Why, and how that is known")]
        yield note_field(one.id), (note, Field(default=None, title=f"{one.title}: notes", max_length=500))


def hidden_marks(edition: Edition) -> frozenset[str]:
    """Return the fields that an evaluation under an edition does not ask for."""
    asked = {one.id for one in evaluated(edition)}
    return frozenset(
        name for one in EVALUATED if one.id not in asked for name in (mark_field(one.id), note_field(one.id))
    )


def read_marks(values: Mapping[str, Any]) -> dict[str, Marked]:
    """Return the marks that were typed, by criterion."""
    found = {}
    for one in EVALUATED:
        mark, note = values.get(mark_field(one.id)), values.get(note_field(one.id))
        if mark is not None or note:
            found[one.id] = Marked(None if mark is None else Mark(mark), note)
    return found


def fill_marks(marks: Mapping[str, Marked]) -> dict[str, Any]:
    """Return marks as the form holds them."""
    values: dict[str, Any] = {}
    for criterion, marked in marks.items():
        values |= {mark_field(criterion): marked.mark and marked.mark.value, note_field(criterion): marked.note}
    return values


def _slug(criterion: str) -> str:
    return re.sub(r"\W+", "_", criterion).strip("_").lower()
