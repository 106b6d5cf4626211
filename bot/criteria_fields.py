"""The checklist of VII.C as fields of a form: one short answer to each criterion, in the words of its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from bot.form_types import Ask, Draft
from operations.read.gate_sheet import Checklist
from operations.records.gate_records import Done
from policy.criteria import CRITERIA, Need
from policy.gate_records import RecordKind

PLACEHOLDER = "Agreement, section 3; or: not applicable, because ..."
#: How people write that a criterion does not apply, with the reason after it.
_NOT_APPLICABLE = re.compile(
    r"(?:n\s*/\s*a\b|not\s+applicable\b|does\s+not\s+apply\b)[\s:;,.\u2013\u2014-]*(?:because\b\s*)?(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)


def field_of(criterion: str) -> str:
    """Return the name of the field of a criterion: "vii_c_4_h"."""
    return re.sub(r"\W+", "_", criterion).strip("_").lower()


def criteria_fields() -> Iterator[tuple[str, Any]]:
    """Yield a field for each criterion that there is; a form hides those that do not bind."""
    for criterion in CRITERIA:
        need = "" if criterion.need is Need.MANDATORY else ", as relevant"
        kind = Annotated[str | None, Ask(placeholder=PLACEHOLDER)]
        made = Field(default=None, title=f"{criterion.id}{need}", max_length=500, description=criterion.quote)
        yield field_of(criterion.id), (kind, made)


def criteria_draft(asked: Checklist, *intro: str) -> Draft:
    """Return a form with the answers so far, which hides the criteria that do not bind."""
    shown = {field_of(criterion.id) for criterion in asked.criteria}
    draft = Draft(hidden=frozenset(field_of(criterion.id) for criterion in CRITERIA) - shown, intro=list(intro))
    for criterion, done in asked.answers.items():
        if done.text:
            applies = done.details.get("applies", True)
            draft.values[field_of(criterion)] = done.text if applies else f"Not applicable: {done.text}"
    return draft


def answers(values: dict[str, Any], standing: dict[str, Done]) -> Iterator[Done]:
    """Yield the answers that were typed, and those taken back."""
    for criterion in CRITERIA:
        name = field_of(criterion.id)
        typed = (values.get(name) or "").strip()
        if typed:
            found = _NOT_APPLICABLE.fullmatch(typed)
            text = typed if found is None else found["reason"].strip() or None
            details = {"applies": found is None}
            yield Done(RecordKind.CRITERION, criterion.id, text=text, details=details, field=name)
        elif criterion.id in standing and standing[criterion.id].text:
            yield Done(RecordKind.CRITERION, criterion.id)
