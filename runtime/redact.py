"""Hide secrets in whatever is about to be logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from structlog.typing import EventDict

HIDDEN = "[hidden]"
#: Slack's tokens, passwords within addresses, what an Authorization header carries, and addresses of calendars.
PATTERNS = (
    (re.compile(r"\b(?:xoxe\.)?(?:xox[a-z]|xapp|xwfp)-[\w.-]+"), HIDDEN),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"(/calendar/)[\w-]{20,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"), rf"\1{HIDDEN}"),
)
#: A text under such a name is hidden whatever it looks like.
SECRET_NAMES = re.compile(r"(?i)(^|[_-])(token|secret|password|authorization|cookie|signature)s?$")
#: structlog's own notes, dropped before anything is written.
NOTES = frozenset({"_record", "_from_structlog", "_logger", "_name"})

Hide = Callable[[str], str]


def hider(secrets: Iterable[str] = ()) -> Callable[[Any, str, EventDict], EventDict]:
    """Return the processor that hides tokens, passwords and the given secrets in every value of an event."""
    hide = in_text(secrets)

    def process(_logger: Any, _method: str, event: EventDict) -> EventDict:
        notes = {key: value for key, value in event.items() if key in NOTES}
        return _in_mapping({key: value for key, value in event.items() if key not in NOTES}, hide) | notes

    return process


def in_text(secrets: Iterable[str] = ()) -> Hide:
    """Return the function that hides tokens, passwords and the given secrets in a text."""
    known = sorted(filter(None, secrets), key=len, reverse=True)
    exact = re.compile("|".join(map(re.escape, known))) if known else None

    def hide(text: str) -> str:
        if exact is not None:
            text = exact.sub(HIDDEN, text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text

    return hide


def _in_value(value: Any, hide: Hide) -> Any:
    if isinstance(value, str):
        return hide(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return _in_mapping(value, hide)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_in_value(each, hide) for each in value]
    shown = repr(value)
    hidden = hide(shown)
    return value if hidden == shown else hidden


def _in_mapping(mapping: Mapping[Any, Any], hide: Hide) -> dict[Any, Any]:
    return {
        key: HIDDEN if isinstance(value, str) and SECRET_NAMES.search(str(key)) else _in_value(value, hide)
        for key, value in mapping.items()
    }
