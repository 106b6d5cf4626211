"""What a version of a draft says, what proves it, and what changed from one to another: pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: A field's text, or its lines.
Value = str | list[str]
Content = Mapping[str, Value]
#: Fields of a proposal that gates read: the draft of its work plan (IX.A.1).
WORK_PLAN = "work_plan"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that another version says differently; None where it has none."""

    #: Its name, or what its form calls it.
    field: str
    before: Value | None
    after: Value | None

    @property
    def label(self) -> str:
        """What a person calls the field."""
        return field_label(self.field)


def clean_content(given: Mapping[str, object]) -> dict[str, Value]:
    """Return content as it is kept: every value a text or a list of texts, empty ones left out.

    Raises:
        ValueError: A value is nested.
    """
    kept: dict[str, Value] = {}
    for name, value in given.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            raise ValueError(f"The field “{name}” of a draft is nested; a draft is flat.")  # noqa: TRY004 - of the content
        if isinstance(value, Sequence) and not isinstance(value, str):
            lines = [str(one).strip() for one in value if str(one).strip()]
            if lines:
                kept[name] = lines
        elif str(value).strip():
            kept[name] = str(value).strip()
    return kept


def digest_of(content: Content) -> str:
    """Return the SHA-256 of content as canonical JSON: sorted keys, no spaces, UTF-8."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """List the fields in which two versions differ, those of the later one first and in its order."""
    names = dict.fromkeys([*after, *before])
    return tuple(
        Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def field_label(name: str) -> str:
    """Return what a person calls a field: "Work plan" for "work_plan"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
