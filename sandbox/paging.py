from __future__ import annotations

import base64
import binascii
from typing import Any

from sandbox.call import Call
from sandbox.errors import SlackError


def encode(mark: str) -> str:
    """Return the cursor that leads on from `mark`."""
    return base64.b64encode(f"next:{mark}".encode()).decode()


def decode(cursor: str) -> str:
    """Return the mark inside a cursor, or "" for no cursor.

    Raises:
        SlackError: `invalid_cursor`.
    """
    try:
        text = base64.b64decode(cursor, validate=True).decode() if cursor else "next:"
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SlackError("invalid_cursor") from error
    if not text.startswith("next:"):
        raise SlackError("invalid_cursor")
    return text.removeprefix("next:")


def page(call: Call, items: list[Any], default: int = 100) -> tuple[list[Any], dict[str, Any]]:
    """Return the page of `items` the call asks for and the fields that lead to the next."""
    mark = decode(call.text("cursor"))
    if not (mark or "0").isdecimal():
        raise SlackError("invalid_cursor")
    start, limit = int(mark or 0), call.number("limit", default, 1000)
    more = start + limit < len(items)
    cursor = encode(str(start + limit)) if more else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": cursor}}
