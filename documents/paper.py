"""A paper before it has a file format: what stands in it, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the paper's title is not one of them."""

    text: str
    #: 1 for a section, 2 within one.
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what holds of each, one line each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    label: str
    #: Its share of the width beside the others'.
    share: float = 1.0
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row; its caption says what it is."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What has to be filled in before the paper is finished, marked so that nobody overlooks it."""

    text: str


Block = Heading | Text | Facts | Bullets | Table | Missing


@dataclass(frozen=True, slots=True)
class Paper:
    """What is handed over, in the language of the United States."""

    #: The lines of the title block; the first two are the title of the file.
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    #: Who hands it over, for the properties of the file.
    author: str
    #: The day of the paper, also in the properties of the file: the same paper makes the same file.
    dated: date
    #: Wide tables ask for it.
    landscape: bool = False

    @property
    def name(self) -> str:
        """Return the title in one line."""
        return ": ".join(self.title[:2])


#: What no file format takes: control characters, a line's end and a tab aside, and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(value: T) -> T:
    """Return a paper, or a part of one, without the characters that no file format takes."""
    made: Any = value
    if isinstance(value, str):
        made = _UNPRINTABLE.sub("", value)
    elif isinstance(value, tuple):
        made = tuple(map(printable, value))
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    return made  # type: ignore[no-any-return]
