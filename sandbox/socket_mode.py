from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from sandbox.errors import NoAnswerError
from sandbox.state import Json

#: Seconds of real time an app has for its acknowledgement.
ACK_LIMIT = 3.0
#: Connections of one app at a time.
MOST_CONNECTIONS = 10


class Link:
    """The Socket Mode connections of the app and the envelopes that wait for an acknowledgement.

    `on_change` is called when the first connection comes and when the last one goes.
    """

    def __init__(self) -> None:
        self.ack_limit = ACK_LIMIT
        self.on_change: Callable[[], None] = lambda: None
        self._tickets: set[str] = set()
        self._connections: deque[web.WebSocketResponse] = deque()
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    def ticket(self) -> str:
        """Return a ticket good for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    def admit(self, ticket: str) -> bool:
        """Take the ticket; say whether it was good."""
        if ticket not in self._tickets:
            return False
        self._tickets.discard(ticket)
        return True

    async def attend(self, socket: web.WebSocketResponse, app_id: str) -> None:
        """Serve one connection of the app until it goes away."""
        if self.connections >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": self.connections + 1,
                "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 3600},
                "connection_info": {"app_id": app_id},
            }
        )
        self._connections.append(socket)
        if self.connections == 1:
            self.on_change()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._connections.remove(socket)
            if not self._connections:
                self.on_change()

    def _acknowledged(self, data: str) -> None:
        with contextlib.suppress(ValueError, AttributeError):
            answer = json.loads(data)
            future = self._waiting.get(answer.get("envelope_id", ""))
            if future is not None and not future.done():
                future.set_result(answer.get("payload"))

    async def deliver(self, kind: str, payload: Json, *, answerable: bool = True, retry: int = 0) -> Any:
        """Send one envelope to one connection and return the payload of its acknowledgement.

        The kind is `slash_commands`, `interactive` or `events_api`; an answerable envelope may be
        acknowledged with a payload; `retry` counts how often the same event was sent before.

        Raises:
            NoAnswerError: when nobody is connected or the acknowledgement takes over 3 seconds.
        """
        if not self._connections:
            raise NoAnswerError("dispatch_failed")
        envelope: Json = {
            "type": kind,
            "envelope_id": str(uuid4()),
            "payload": payload,
            "accepts_response_payload": answerable,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = future
        try:
            async with asyncio.timeout(self.ack_limit):
                await self._send(envelope)
                return await future
        except TimeoutError as error:
            raise NoAnswerError("operation_timeout") from error
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def _send(self, envelope: Json) -> None:
        for _ in range(len(self._connections)):
            socket = self._connections[0]
            self._connections.rotate()
            with contextlib.suppress(ConnectionError):
                await socket.send_json(envelope)
                return
        raise NoAnswerError("dispatch_failed")

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self._connections):
            with contextlib.suppress(ConnectionError):
                await socket.close(code=1001)
