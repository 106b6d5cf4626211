"""Typed text as PostgreSQL can keep it."""

from __future__ import annotations


def storable(text: str) -> str:
    """Leave out NUL and halves of surrogate pairs, which no text in the database may hold."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
