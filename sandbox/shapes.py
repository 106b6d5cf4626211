"""The vocabulary in which `block_limits` writes down Slack's limits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def wrong(problem: str, pointer: str) -> str:
    """Return one line as Slack words it."""
    return f"[ERROR] {problem} [json-pointer:{pointer}]"


def string(most: int | None = None, least: int = 0, pattern: str | None = None) -> Check:
    """Check a string's length in characters and, if asked, its form."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must be a string", at)
        elif len(value) < least:
            yield wrong(f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            yield wrong(f"must be less than {most + 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield wrong(f"failed to match pattern: {pattern}", at)

    return check


def integer(least: int, most: int | None = None) -> Check:
    """Check a whole number."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong("must be an integer", at)
        elif value < least:
            yield wrong(f"must be greater than or equal to {least}", at)
        elif most is not None and value > most:
            yield wrong(f"must be less than or equal to {most}", at)

    return check


def number(value: Any, at: str) -> Iterator[str]:
    """Check a number, whole or not."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        yield wrong("must be a number", at)


def flag(value: Any, at: str) -> Iterator[str]:
    """Check a boolean."""
    if not isinstance(value, bool):
        yield wrong("must be a boolean", at)


def anything(_value: Any, _at: str) -> Iterator[str]:
    """Accept whatever stands there."""
    return iter(())


def choice(*allowed: str) -> Check:
    """Check one of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield wrong(f"must be one of: {', '.join(allowed)}", at)

    return check


def many(item: Check, most: int, least: int = 1) -> Check:
    """Check a list and each of its items."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("must provide an array", at)
            return
        if len(value) < least:
            yield wrong(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            yield wrong(f"no more than {most} items allowed", at)
        for place, entry in enumerate(value):
            yield from item(entry, f"{at}/{place}")

    return check


def thing(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *also: Check) -> Check:
    """Check an object: these keys must stand, those may, no others; then what concerns several keys."""
    fields = {"type": anything, **required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must provide an object", at)
            return
        for key in required:
            if value.get(key) is None:
                yield wrong(f"missing required field: {key}", at)
        for key, entry in value.items():
            if key not in fields:
                yield wrong(f"invalid additional property: {key}", at)
            elif entry is not None:
                yield from fields[key](entry, f"{at}/{key}")
        for rule in also:
            yield from rule(value, at)

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """Check an object by the rule for its `type`."""

    def check(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            yield wrong("must provide an object", at)
        elif kind is None:
            yield wrong("missing required field: type", at)
        elif not isinstance(kind, str) or kind not in table:
            yield wrong(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from table[kind](value, at)

    return check


def plain(most: int, least: int = 1) -> Check:
    """Check a `plain_text` object."""
    rule = thing({"type": anything, "text": string(most, least)}, {"emoji": flag})
    return by_type({"plain_text": rule})


def words(most: int, least: int = 1) -> Check:
    """Check a text object, `plain_text` or `mrkdwn`."""
    mrkdwn = thing({"text": string(most, least)}, {"verbatim": flag})
    return by_type({"plain_text": plain(most, least), "mrkdwn": mrkdwn})


def exactly_one(*keys: str) -> Check:
    """Check that one of these keys stands, and only one."""

    def check(value: Any, at: str) -> Iterator[str]:
        if sum(value.get(key) is not None for key in keys) != 1:
            yield wrong(f"must define either {' or '.join(f'`{key}`' for key in keys)}", at)

    return check


def any_of(*keys: str) -> Check:
    """Check that at least one of these keys stands."""

    def check(value: Any, at: str) -> Iterator[str]:
        if all(value.get(key) is None for key in keys):
            yield wrong(f"must define either {' or '.join(f'`{key}`' for key in keys)}", at)

    return check
