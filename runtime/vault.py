"""Tokens at rest: encrypted with the first of the keys, read with any of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.errors import SetupError

#: How issued words begin, and nothing that is sealed.
_ISSUED = b"issued:"


class Vault:
    """Seals what nobody may read who has the database alone.

    Args:
        keys: as `Fernet.generate_key` makes them, the newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def seal(self, whose: str, tokens: dict[str, str | None]) -> str:
        """Encrypt the tokens of a workspace."""
        return self._newest.encrypt(json.dumps([whose, tokens]).encode()).decode()

    def open(self, whose: str, sealed: str) -> dict[str, str | None]:
        """Decrypt the tokens of a workspace.

        Raises:
            SetupError: No key opens them, or they are another's: somebody has moved them.
        """
        try:
            owner, tokens = json.loads(self._all.decrypt(sealed))
        except InvalidToken:
            raise SetupError(
                f"None of SLACK_TOKEN_KEYS opens the tokens of {whose}: give back the key of then."
            ) from None
        if owner != whose:
            raise SetupError(f"The tokens of {owner} stand where those of {whose} should: install the app there anew.")
        return dict(tokens)

    def is_old(self, sealed: str) -> bool:
        """Whether this is not under the newest key."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return True
        return False

    def issue(self) -> str:
        """Return words that nobody can guess or make, which carry the time."""
        return self._newest.encrypt(_ISSUED + secrets.token_bytes(16)).decode()

    def is_fresh(self, issued: str, seconds: int) -> bool:
        """Whether words were issued here no more than so many seconds ago."""
        try:
            return self._all.decrypt(issued.encode(), ttl=seconds).startswith(_ISSUED)
        except InvalidToken:
            return False
