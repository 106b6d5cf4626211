"""A person as somebody types one: a name, for whom a designee acts, a position."""

from __future__ import annotations

import re

_NAMED = re.compile(r"(?P<name>[^(,]+?)\s*(?:\(\s*for\s+(?P<whom>[^)]+?)\s*\))?\s*(?:,\s*(?P<position>.+))?")


def named(typed: str | None, *, signs: bool) -> tuple[str | None, str | None, str | None]:
    """Part a name from the official for whom a designee acts; of who signs from the position, too."""
    found = _NAMED.fullmatch(typed or "")
    if found is None:
        return typed, None, None
    if signs or not found["position"]:
        return found["name"], found["whom"], found["position"]
    return f"{found['name']}, {found['position']}", found["whom"], None


def with_whom(by: str | None, acting_for: str | None) -> str:
    """Write a signer as `named` reads one: the position comes last."""
    name, comma, position = (by or "").partition(", ")
    return f"{name}{f' (for {acting_for})' if acting_for else ''}{comma}{position}"
