from __future__ import annotations

import hashlib
import secrets
import string

ALPHABET = string.digits + string.ascii_uppercase


def fresh(prefix: str, length: int = 10) -> str:
    """Return a new random id that starts with Slack's letter for its kind."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def derived(prefix: str, *parts: str) -> str:
    """Return the id that always belongs to these parts."""
    number = int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8])
    letters = ""
    for _ in range(10):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return prefix + letters
