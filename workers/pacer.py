"""When Slack may be asked for something: the limits of all workers together, kept in Valkey.

Nobody waits here. Who comes too early is told in how many seconds to come again; the moment is reserved for it,
or, when it lies too far ahead, only its turn in line. What a person waits for may reserve further ahead than the
day's reminders, and so goes first. Valkey may lose all of it: see `slots.lua`.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from redis import Redis

from workers.broker import NAMESPACE

POST, UPDATE = "chat.postMessage", "chat.update"
HISTORY, REPLIES = "conversations.history", "conversations.replies"
OPEN, ACCOUNT, DISTURB = "conversations.open", "users.info", "dnd.info"
#: Calls a minute in one workspace. Tier 3 is 50 and more, tier 4 of accounts 100 and more:
#: https://docs.slack.dev/apis/web-api/rate-limits, with the tier on each method's page; an app that an
#: organization made for itself keeps it for history and replies, see
#: https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps.
PER_MINUTE = {UPDATE: 50, HISTORY: 50, REPLIES: 50, OPEN: 50, ACCOUNT: 100, DISTURB: 50}
#: Seconds between two posts to one channel, https://docs.slack.dev/reference/methods/chat.postMessage.
CHANNEL_SECONDS = 1.0
MINUTE = 60.0
#: Calls that may come at once; the limit of a minute is kept in shares of so many.
BURST = 5
#: Seconds after which a reserved moment is lost: a job that waits comes back a little late.
LATE = 1.5
#: Seconds that an answer may reserve ahead; and shares, where nobody waits for the message.
AHEAD, BULK_SHARES = 10.0, 2

PREFIX = f"{NAMESPACE}:pace"
SCRIPT = Path(__file__).with_name("slots.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many calls in any so many seconds; strict where each call and not only its slot keeps its distance."""

    method: str
    most: int
    seconds: float
    channel: str = ""
    strict: bool = False


@dataclass(frozen=True)
class Pacer:
    """The limits as one process sees them; `now` is in seconds, by default Valkey's own time."""

    client: Redis
    posts_per_minute: int
    now: Callable[[], float] | None = None
    #: Slack's id, where there are several: each has limits of its own.
    workspace: str = ""
    #: Until when Slack asked this process to wait, by method, in the process' own time.
    waits: dict[str, float] = field(default_factory=dict)

    def of(self, workspace: str) -> Pacer:
        """Return the limits of one workspace of several."""
        return replace(self, workspace=workspace)

    def _own(self, method: str) -> str:
        return f"{self.workspace}/{method}" if self.workspace else method

    def ask(
        self,
        token: uuid.UUID,
        methods: tuple[str, ...],
        channel: str,
        *,
        bulk: bool = False,
        within: float | None = None,
    ) -> float:
        """Ask to call these methods for a message now; returns 0.0, or in how many seconds to ask again.

        Who comes back in time with the same token is let through, and pays once. Bulk is what nobody waits for.
        Who will not come back asks to call `within` so many seconds or never, and is promised nothing.

        Raises:
            redis.RedisError: Valkey cannot be reached.
        """
        self._tell(methods)
        limits = list(self._limits(methods, channel))
        line, ahead = "answers", AHEAD
        if bulk:
            line, ahead = "bulk", BULK_SHARES * max(limit.seconds for limit in limits)
        keys = [f"{PREFIX}:epoch"]
        ahead = ahead if within is None else -within
        values: list[str | int] = [_ms(self.now()) if self.now else "", str(token), _ms(ahead), _ms(LATE)]
        for limit in limits:
            name = f"{self._own(limit.method)}:{limit.channel}"
            keys += [f"{PREFIX}:slots:{name}", f"{PREFIX}:{line}:{name}", _block(self._own(limit.method))]
            values += [limit.most, _ms(limit.seconds), int(limit.strict)]
        script = self.client.register_script(SCRIPT)
        return cast("int", script(keys=keys, args=values)) / 1000

    def block(self, methods: tuple[str, ...], seconds: float) -> None:
        """Let nobody call these methods for so many seconds, as Slack asked with Retry-After.

        This process minds it even when Valkey loses it.

        Raises:
            redis.RedisError: Valkey cannot be reached.
        """
        until = self._own_time() + seconds
        for method in map(self._own, methods):
            self.waits[method] = max(until, self.waits.get(method, 0.0))
        self._tell(methods)

    def _limits(self, methods: tuple[str, ...], channel: str) -> Iterator[Limit]:
        for method in methods:
            per_minute = self.posts_per_minute if method == POST else PER_MINUTE[method]
            burst = min(BURST, per_minute)
            # The slots of a minute and of the time one may be late keep the limit, so no minute of calls exceeds it.
            yield Limit(method, burst, (MINUTE + LATE) / (per_minute // burst))
            if method == POST:
                yield Limit(method, 1, CHANNEL_SECONDS, channel, strict=True)

    def _tell(self, methods: tuple[str, ...]) -> None:
        """Tell the others how long Slack asked us to wait, again and again: Valkey may have lost it."""
        for method in map(self._own, methods):
            left = self.waits.get(method, 0.0) - self._own_time()
            if left > 0:
                until = _ms(self._shared_time() + left)
                if until > int(cast("bytes", self.client.get(_block(method))) or 0):
                    self.client.set(_block(method), until, px=_ms(left))

    def _own_time(self) -> float:
        return self.now() if self.now else time.monotonic()

    def _shared_time(self) -> float:
        if self.now:
            return self.now()
        seconds, microseconds = self.client.time()
        return seconds + microseconds / 1_000_000


def _block(method: str) -> str:
    return f"{PREFIX}:block:{method}"


def _ms(seconds: float) -> int:
    return math.ceil(seconds * 1000)
