"""What papers say of a fact that is not on record: so, in words, and never nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from documents.paper import Block, Bullets, Missing, Text
from policy.words import day

NOT_ON_RECORD = "not on record"


def said(text: str | None) -> str:
    """Return a fact as a line says it."""
    return (text or "").strip() or NOT_ON_RECORD


def said_day(on: date | None) -> str:
    """Return a day as a line says it."""
    return NOT_ON_RECORD if on is None else day(on)


def paragraph(text: str | None, what: str) -> Block:
    """Return a paragraph, or that `what` is not on record."""
    if text and text.strip():
        return Text(text.strip())
    return Missing(f"{what} is not on record.")


def points(text: str | None, what: str) -> Block:
    """Return lines as a list, or that `what` is not on record."""
    lines = tuple(_lines(text or ""))
    return Bullets(lines) if lines else Missing(f"{what} is not on record.")


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if plain := line.strip().lstrip("-•* ").strip():
            yield plain
