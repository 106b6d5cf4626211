"""What moves from one office to another, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import safe

WITHIN_MINUTES = "The reminders of all its alliances are planned anew within minutes."
MOST_NAMED = 12


def named(noun: str, names: Sequence[str], nouns: str | None = None) -> list[str]:
    """Count what moves, and name the first of it."""
    counted = f"{len(names)} {noun if len(names) == 1 else nouns or f'{noun}s'}"
    if not names:
        return [f"{counted}."]
    lines = [f"{counted}:", *(f"•  {safe(name)}" for name in names[:MOST_NAMED])]
    return [*lines, *([f"and {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else [])]
