from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable

from aiohttp import WSMsgType, web

from sandbox.state import Json

#: A page that stopped reading is dropped after this many unread pushes.
MOST_WAITING = 2_000


class Pages:
    """The browser pages that are open, by the person each acts as."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[Json | None]]] = defaultdict(set)

    @property
    def users(self) -> list[str]:
        """Return the people somebody acts as at this moment."""
        return [user for user, queues in self._queues.items() if queues]

    def push(self, user: str, event: Json) -> None:
        """Send an event to every page of one person."""
        for queue in self._queues.get(user, ()):
            if queue.qsize() < MOST_WAITING:
                queue.put_nowait(event)

    def push_each(self, users: list[str], event: Callable[[str], Json]) -> None:
        """Send each of these people, if a page of theirs is open, the event made for them."""
        for user in set(users).intersection(self.users):
            self.push(user, event(user))

    def push_all(self, event: Json) -> None:
        """Send an event to every page."""
        for user in self.users:
            self.push(user, event)

    async def attend(self, user: str, socket: web.WebSocketResponse, everything: Callable[[], Json]) -> None:
        """Serve one page until it goes away; whenever it writes it is told everything, in the order of the pushes."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._queues[user].add(queue)
        writer = asyncio.create_task(_write(socket, queue))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
                queue.put_nowait(everything())
        finally:
            self._queues[user].discard(queue)
            queue.put_nowait(None)
            await writer

    async def close(self) -> None:
        """Say goodbye to every page."""
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[Json | None]) -> None:
    with contextlib.suppress(ConnectionError):
        while (event := await queue.get()) is not None:
            await socket.send_json(event)
        await socket.close()
