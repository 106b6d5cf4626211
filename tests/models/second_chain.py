"""A second check of the audit's chain, written from docs/audit.md alone: it shares no code with the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def written(value: Any) -> str:
    """Write a value as the format says."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case int() | float():
            return repr(value)
        case str():
            return f'"{"".join(map(_character, value))}"'
        case list():
            return f"[{','.join(map(written, value))}]"
        case dict():
            return "{" + ",".join(f"{written(name)}:{written(value[name])}" for name in sorted(value)) + "}"
    raise TypeError(value)


def _character(one: str) -> str:
    return SHORT.get(one) or (f"\\u{ord(one):04x}" if ord(one) < 0x20 else one)


def first_break(entries: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the number of the first entry of an export that does not fit; None where all do."""
    rows = list(entries)
    before = "0" * 64
    open_: dict[int, str] = {}
    for row in rows:
        words = {name: row[name] for name in ("action", "actor", "at", "data", "subject")}
        bare = sha256(written(words).encode()).hexdigest()
        if row["salt"]:
            words["salt"] = row["salt"]
        fits = sha256(f"{row['previous']}\n{written(words)}".encode()).hexdigest() == row["hash"]
        if row["previous"] != before or (not fits and row["action"] == "audit:redacted"):
            return row["seq"]
        if not fits:
            open_[row["seq"]] = bare
        before = row["hash"]
    said: dict[int, str] = {}
    for row in rows:
        if row["action"] == "audit:redacted":
            for one in row["data"]["entries"]:
                if one["entry"] < row["seq"]:
                    said[one["entry"]] = one["remains"]
    return min((number for number, bare in open_.items() if said.get(number) != bare), default=None)
