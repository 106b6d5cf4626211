from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

#: Uses of one address, and seconds of real time it works.
MOST_USES = 5
LIFETIME = 30 * 60.0


@dataclass
class ResponseUrl:
    """An address through which the app answers one interaction.

    Args:
        channel: where the answer goes.
        user: who sees an ephemeral answer.
        ts: the message the interaction happened on, if any.
        ephemeral: whether that message is one only `user` sees.
        thread_ts: the thread that message stands in, if any.
    """

    channel: str
    user: str
    ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None
    made_at: float = 0.0
    uses: int = 0


class ResponseUrls:
    """The response addresses handed to the app."""

    def __init__(self) -> None:
        self._known: dict[str, ResponseUrl] = {}

    def issue(self, target: ResponseUrl) -> str:
        """Return the token of a new address."""
        now = time.monotonic()
        for old in list(self._known):
            if now - self._known[old].made_at <= 2 * LIFETIME:
                break
            del self._known[old]
        target.made_at = now
        token = secrets.token_urlsafe(24)
        self._known[token] = target
        return token

    def use(self, token: str) -> ResponseUrl | str:
        """Return what the address stands for, or Slack's error code for one that does not work."""
        target = self._known.get(token)
        if target is None or time.monotonic() - target.made_at > LIFETIME:
            return "expired_url"
        if target.uses >= MOST_USES:
            return "used_url"
        target.uses += 1
        return target
