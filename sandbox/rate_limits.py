"""Slack's own limits on how fast an app may call: https://docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

#: Calls a minute of each tier; a quiet app may make as many at once.
TIER_2, TIER_3, TIER_4 = 20, 50, 100
TIERS = {
    "api.test": TIER_4,
    "apps.connections.open": TIER_3,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.unfurl": TIER_3,
    "chat.update": TIER_3,
    "conversations.create": TIER_2,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "dnd.info": TIER_3,
    "emoji.list": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "functions.completeError": TIER_3,
    "functions.completeSuccess": TIER_3,
    "pins.add": TIER_2,
    "reactions.add": TIER_3,
    "team.info": TIER_3,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
#: Slack calls these special: one message a second in a channel, in short bursts more, and for the rest
#: "several hundred" or "hundreds" a minute in the whole workspace.
MESSAGES_A_SECOND = 1.0
BURST = 3
HUNDREDS_A_MINUTE = 300


@dataclass
class Bucket:
    """How much an app may do at once, and how fast that comes back; `at` is in monotonic seconds."""

    size: float
    a_second: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until one more call is allowed, 0 when it is."""
        self.left = min(self.size, self.left + (now - self.at) * self.a_second)
        self.at = now
        return max(0.0, (1 - self.left) / self.a_second)


class RateLimits:
    """Counts the app's calls and turns away those that come too fast, once it is told to."""

    def __init__(self) -> None:
        self._enforced = False
        self._buckets: dict[tuple[str, str | None], Bucket] = {}

    @property
    def enforced(self) -> bool:
        """Tell whether calls are counted."""
        return self._enforced

    @enforced.setter
    def enforced(self, enforced: bool) -> None:
        self._enforced = enforced
        self._buckets.clear()

    def ask(self, method: str, channel: str | None) -> int:
        """Count one call; return 0, or the whole seconds to wait when it comes too fast and is not to be done."""
        if not self._enforced:
            return 0
        now = time.monotonic()
        buckets = self._of(method, channel, now)
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait <= 0:
            for bucket in buckets:
                bucket.left -= 1
        return math.ceil(wait)

    def _of(self, method: str, channel: str | None, now: float) -> list[Bucket]:
        a_minute = TIERS.get(method, HUNDREDS_A_MINUTE)
        buckets = [self._bucket((method, None), a_minute, a_minute / 60, now)]
        if method == "chat.postMessage":
            buckets.append(self._bucket((method, channel), BURST, MESSAGES_A_SECOND, now))
        return buckets

    def _bucket(self, key: tuple[str, str | None], size: float, a_second: float, now: float) -> Bucket:
        return self._buckets.setdefault(key, Bucket(size, a_second, size, now))
