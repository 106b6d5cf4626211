"""What buttons carry in their value, checked when it comes back."""

from __future__ import annotations

import uuid
from typing import Literal, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from operations.refusals import Refused

STALE = "This button is from an older version; please ask again with /alliance."

Value = TypeVar("Value", bound=BaseModel)


class Run(BaseModel):
    """Do what a word does, as if it had been typed."""

    word: str
    words: str = ""
    alliance: int | None = None
    #: Opens this form rather than the word's own.
    form: str | None = None


class Page(BaseModel):
    """One page of a list."""

    list: Literal["due", "alliances", "outbox"]
    scope: Literal["mine", "all", "office", "alliance", "message", "words"]
    #: An office's code, an alliance's or a message's id, or words; empty for `mine` and `all`.
    key: str = ""
    page: int = 1


def read(kind: type[Value], value: str) -> Value:
    """Return what a button carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return kind.model_validate_json(value)
    except ValidationError:
        raise Refused(STALE) from None


def read_id(value: str) -> uuid.UUID:
    """Return the id of a duty or message that a button carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return TypeAdapter(uuid.UUID).validate_python(value)
    except ValidationError:
        raise Refused(STALE) from None


def read_number(value: str) -> int:
    """Return the id of an alliance that a button carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return TypeAdapter(int).validate_python(value)
    except ValidationError:
        raise Refused(STALE) from None
