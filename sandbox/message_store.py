from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from datetime import datetime

from sandbox.state import Json, State


class MessageStore:
    """The messages of every channel in the order of their timestamps.

    Args:
        state: where the messages are kept.
    """

    def __init__(self, state: State) -> None:
        self._messages = state.messages
        self._timeline: defaultdict[str, list[str]] = defaultdict(list)
        self._threads: defaultdict[str, list[str]] = defaultdict(list)
        self._last: dict[str, int] = {}
        for key in sorted(self._messages):
            channel, ts = key.split("/")
            self._index(channel, ts, self._messages[key])
        for key in sorted(state.ephemerals):
            channel, ts = key.split("/")
            self._last[channel] = max(self._last.get(channel, 0), _micros(ts))

    def next_ts(self, channel: str, now: datetime) -> str:
        """Return a timestamp that is unique and increasing in the channel."""
        ts = max(round(now.timestamp() * 1_000_000), self._last.get(channel, 0) + 1)
        self._last[channel] = ts
        return f"{ts // 1_000_000:010d}.{ts % 1_000_000:06d}"

    def get(self, channel: str, ts: str) -> Json | None:
        """Return the message, or None."""
        return self._messages.get(f"{channel}/{ts}")

    def add(self, channel: str, message: Json) -> None:
        """Keep a new message."""
        ts = message["ts"]
        self._messages[f"{channel}/{ts}"] = message
        self._index(channel, ts, message)

    def changed(self, channel: str, ts: str) -> None:
        """Note that a message was changed in place."""
        self._messages.touch(f"{channel}/{ts}")

    def remove(self, channel: str, ts: str) -> None:
        """Forget a message."""
        message = self._messages.pop(f"{channel}/{ts}")
        self._messages.touch(f"{channel}/{ts}")
        thread = self._threads.get(f"{channel}/{message.get('thread_ts')}", [])
        for index in (self._timeline[channel], thread):
            if ts in index:
                index.remove(ts)

    def between(self, channel: str, oldest: str, latest: str, *, inclusive: bool = False) -> list[str]:
        """Return the timestamps of the channel's own messages (no thread replies) in a span, oldest first."""
        times = self._timeline[channel]
        first, last = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
        return times[first(times, oldest) : last(times, latest)]

    def replies(self, channel: str, thread_ts: str) -> list[str]:
        """Return the timestamps of a thread's replies, oldest first."""
        return self._threads.get(f"{channel}/{thread_ts}", [])

    def last_ts(self, channel: str) -> str:
        """Return the timestamp of the channel's newest message, or `0000000000.000000`."""
        times = self._timeline[channel]
        return times[-1] if times else "0000000000.000000"

    def _index(self, channel: str, ts: str, message: Json) -> None:
        thread_ts = message.get("thread_ts", ts)
        if thread_ts != ts:
            insort(self._threads[f"{channel}/{thread_ts}"], ts)
        if thread_ts == ts or message.get("subtype") == "thread_broadcast":
            insort(self._timeline[channel], ts)
        self._last[channel] = max(self._last.get(channel, 0), _micros(ts))


def _micros(ts: str) -> int:
    seconds, micros = ts.split(".")
    return int(seconds) * 1_000_000 + int(micros)
