from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from sandbox.errors import NoAnswerError
from sandbox.faults import OF_ENVELOPES, Faults
from sandbox.request_url import RequestUrl
from sandbox.state import Json

#: Seconds of real time an app has for its acknowledgement.
ACK_LIMIT = 3.0
#: Connections of one app at a time.
MOST_CONNECTIONS = 10
#: Seconds of real time between Slack's warning and the end of a connection.
NOTICE = 10.0
#: Pings in that time.
PINGS = 10
#: Envelopes remembered for acknowledgements that come late.
MOST_REMEMBERED = 1_000


@dataclass
class Sent:
    """An envelope that went to the app.

    Args:
        at: monotonic seconds.
        answer: the payload of the acknowledgement; cancelled when Slack has given up.
        held_back: whether the acknowledgement is to count only after Slack has given up.
        posts: how many requests with it are under way, in HTTP mode.
    """

    envelope: Json
    at: float
    answer: asyncio.Future[Any]
    held_back: bool = False
    posts: int = 0


class Link:
    """The Socket Mode connections of the app, or its address for HTTP, and the envelopes that went to it.

    `on_change` is called when the first connection comes and when the last one goes.

    Args:
        faults: what is to go wrong.
        note: adds one line to the record.
    """

    def __init__(self, faults: Faults, note: Callable[..., None]) -> None:
        self.ack_limit = ACK_LIMIT
        self.notice = NOTICE
        self.on_change: Callable[[], None] = lambda: None
        self.http: RequestUrl | None = None
        self._faults = faults
        self._note = note
        self._tickets: set[str] = set()
        self._connections: deque[web.WebSocketResponse] = deque()
        self._wires: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self._sent: dict[str, Sent] = {}
        self._posts: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """Return how many connections are open; an address for HTTP counts as one."""
        return len(self._connections) + (self.http is not None)

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

    async def attend(self, socket: web.WebSocketResponse, wire: asyncio.Transport | None, app_id: str) -> None:
        """Serve one connection of the app until it goes away."""
        if len(self._connections) >= MOST_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._connections) + 1,
                "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 3600},
                "connection_info": {"app_id": app_id},
            }
        )
        self._connections.append(socket)
        self._wires[socket] = wire
        if len(self._connections) == 1:
            self.on_change()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._connections.remove(socket)
            del self._wires[socket]
            if not self._connections:
                self.on_change()

    def _acknowledged(self, data: str) -> None:
        with contextlib.suppress(ValueError, AttributeError):
            answer = json.loads(data)
            self._answered(answer.get("envelope_id", ""), answer.get("payload"))

    def _answered(self, envelope_id: str, payload: Any) -> None:
        sent = self._sent.get(envelope_id)
        if sent is None:
            return
        early = self.ack_limit - (time.monotonic() - sent.at)
        if sent.held_back and early > 0:
            # Slack has given up by then; a moment more makes it certain.
            asyncio.get_running_loop().call_later(early + 0.1, self._settle, sent, payload)
        else:
            self._settle(sent, payload)

    def _settle(self, sent: Sent, payload: Any) -> None:
        if not sent.answer.done():
            sent.answer.set_result(payload)
        elif sent.answer.cancelled():
            kind, waited = sent.envelope["type"], time.monotonic() - sent.at
            said = f"{kind} was acknowledged after {waited:.1f} s; Slack had given up after {self.ack_limit:g} s"
            self._note("late_ack", text=said, envelope_id=sent.envelope["envelope_id"])

    async def deliver(self, kind: str, payload: Json, *, answerable: bool = True, retry: int = 0) -> Any:
        """Send one envelope to one connection and return the payload of its acknowledgement.

        The kind is `slash_commands`, `interactive` or `events_api`; an answerable envelope may be
        acknowledged with a payload; `retry` counts how often the same event was sent before.

        Raises:
            NoAnswerError: when nobody is connected or the acknowledgement takes over 3 seconds.
        """
        if not self.connections:
            raise NoAnswerError("dispatch_failed")
        envelope: Json = {
            "type": kind,
            "envelope_id": str(uuid4()),
            "payload": payload,
            "accepts_response_payload": answerable,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        fault = self._faults.strike(OF_ENVELOPES, kind)
        what = fault.what if fault else ""
        if fault:
            self._note("fault", text=f"{kind}: {what} ({fault.id})", envelope_id=envelope["envelope_id"])
        sent = self._remember(envelope, held_back=what == "late_ack")
        try:
            async with asyncio.timeout(self.ack_limit):
                await self._send(envelope)
                if what == "twice":
                    await self._send(envelope, again=True)
                answer = await sent.answer
        except TimeoutError as error:
            raise NoAnswerError("operation_timeout") from error
        if what == "redeliver":
            with contextlib.suppress(NoAnswerError):
                await self.redeliver(kind)
        return answer

    def _remember(self, envelope: Json, *, held_back: bool) -> Sent:
        if len(self._sent) >= MOST_REMEMBERED:
            del self._sent[next(iter(self._sent))]
        sent = Sent(envelope, time.monotonic(), asyncio.get_running_loop().create_future(), held_back)
        self._sent[envelope["envelope_id"]] = sent
        return sent

    async def _send(self, envelope: Json, *, again: bool = False) -> None:
        if self.http is not None:
            self._post(self.http, envelope, again=again)
            return
        for _ in range(len(self._connections)):
            socket = self._connections[0]
            self._connections.rotate()
            with contextlib.suppress(ConnectionError):
                await socket.send_json(envelope)
                return
        raise NoAnswerError("dispatch_failed")

    def _post(self, http: RequestUrl, envelope: Json, *, again: bool) -> None:
        """Send a request to the app, whose answer acknowledges the envelope; it is waited for elsewhere.

        What the app says to a delivery of the same that comes on top of another is nobody's concern, whichever of the
        two it takes for the first.
        """
        sent = self._sent[envelope["envelope_id"]]
        sent.posts += 1

        async def post() -> None:
            try:
                payload = await http.post(envelope, self.ack_limit)
            except NoAnswerError as error:
                sent.posts -= 1
                if not sent.posts and not sent.answer.done():
                    sent.answer.set_exception(error)
                return
            sent.posts -= 1
            if not again or not sent.answer.done():
                self._answered(envelope["envelope_id"], payload)

        task = asyncio.create_task(post())
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def redeliver(self, kind: str | None = None) -> bool:
        """Send the last envelope (of a kind) once more, acknowledged or not; tell whether there was one.

        Raises:
            NoAnswerError: when nobody is connected.
        """
        known = [sent.envelope for sent in self._sent.values() if kind in (None, sent.envelope["type"])]
        if not known:
            return False
        again = {"retry_attempt": known[-1].get("retry_attempt", 0) + 1, "retry_reason": "timeout"}
        known[-1] |= again
        await self._send(known[-1], again=True)
        return True

    def drop(self) -> None:
        """Cut every connection, without a word."""
        for wire in self._wires.values():
            if wire is not None:
                wire.abort()

    async def ask_to_reconnect(self, reason: str) -> None:
        """Tell the app that its connections will end, and end them ten seconds later."""
        warned = list(self._connections)
        for socket in warned:
            with contextlib.suppress(ConnectionError):
                await socket.send_json(_goodbye(reason))
        for _ in range(PINGS):
            await asyncio.sleep(self.notice / PINGS)
            for socket in warned:
                # Slack pings all the while; its Python client leaves an old connection only when something arrives.
                with contextlib.suppress(ConnectionError):
                    await socket.ping()
        for socket in warned:
            with contextlib.suppress(ConnectionError):
                await socket.close()

    async def close(self) -> None:
        """Close every connection, and wait for no request any more."""
        for task in list(self._posts):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for socket in list(self._connections):
            with contextlib.suppress(ConnectionError):
                await socket.close(code=1001)


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
