"""People at the local Slack, in a process of their own: each does one thing after the other and reads the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from bot.manifest import registered
from sandbox import set_up
from sandbox.hub import Hub
from sandbox.interactions.payloads import response_url
from sandbox.main import running
from sandbox.request_url import RequestUrl
from sandbox.response_urls import ResponseUrl

Json = dict[str, Any]

#: Seconds in which what somebody asked for is shown, at most.
PATIENCE = 30.0
#: Seconds between two looks at what is shown.
LOOK = 0.002
#: So near to the end of Slack's patience nobody shall come; the run is to end all the same.
ACK_LIMIT = 30.0


@dataclass(frozen=True)
class Deed:
    """What somebody does, as Slack tells the app."""

    name: str
    kind: str
    payload: Json
    user: str
    channel: str
    #: Stands in what is shown.
    telling: str
    #: Whether something is shown at all: an empty handler shows nothing.
    shows: bool = True


@dataclass(frozen=True)
class Took:
    """How long one deed took."""

    name: str
    #: Seconds from the request to its acknowledgement.
    ack: float
    #: Seconds from the request to what was asked for.
    shown: float


@dataclass(frozen=True)
class Round:
    """What each client does, one thing after the other."""

    clients: Sequence[Sequence[Deed]]
    #: Where the app takes requests; None over Socket Mode.
    url: str | None
    secret: str
    #: Whether the app shows anything at all.
    shows: bool
    #: Whether what is shown is looked at more closely.
    checks: bool = False


def serve_clients(pipe: Connection, users: Sequence[str], channels: Sequence[str]) -> None:
    """Have a local Slack, and do the rounds that come through the pipe, until there is none."""
    asyncio.run(_serve(pipe, users, channels))


async def _serve(pipe: Connection, users: Sequence[str], channels: Sequence[str]) -> None:
    async with running("127.0.0.1", 0, None) as hub:
        hub.link.ack_limit = hub.triggers.lifetime = ACK_LIMIT
        set_up.workspace(
            hub,
            {
                "team": {"id": "T1", "name": "OSHA", "domain": "osha"},
                "users": [{"id": user, "name": user.lower(), "tz": "America/New_York"} for user in users],
                "channels": [{"id": channel, "name": channel.lower()} for channel in channels],
            },
        )
        set_up.app(hub, {"name": "Alliance", "bot_user": {"id": "UBOT", "name": "alliance"}, **registered()})
        loop = asyncio.get_running_loop()
        pipe.send(hub.base_url)
        while (wanted := await loop.run_in_executor(None, pipe.recv)) is not None:
            hub.link.http = None if wanted.url is None else RequestUrl(wanted.url, wanted.secret)
            # What went to the connection of the round before would be lost.
            while hub.link.connections > 1:  # noqa: ASYNC110 - the local Slack has no event for it
                await asyncio.sleep(LOOK)
            took = await asyncio.gather(*(_client(hub, deeds, wanted) for deeds in wanted.clients))
            pipe.send([each for of_client in took for each in of_client])


async def _client(hub: Hub, deeds: Sequence[Deed], wanted: Round) -> list[Took]:
    return [await _do(hub, replace(deed, shows=wanted.shows), checks=wanted.checks) for deed in deeds]


async def _do(hub: Hub, deed: Deed, *, checks: bool) -> Took:
    """Do one thing, and look until it is shown."""
    hub.modals.clear(deed.user)
    payload = dict(deed.payload)
    if deed.kind != "events_api":
        payload["trigger_id"] = hub.triggers.issue(deed.user)
        if "view" not in payload:
            payload["response_url"] = response_url(hub, ResponseUrl(deed.channel, deed.user))
    mark, began = len(hub.record), time.perf_counter()
    answer = await hub.link.deliver(deed.kind, payload, answerable=deed.kind != "events_api")
    ack = time.perf_counter() - began
    while deed.shows and not answer and not _shown(hub, deed.user, mark):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{deed.name}: nothing was shown.")
        await asyncio.sleep(LOOK)
    took = Took(deed.name, ack, time.perf_counter() - began)
    if checks:
        shown = str([answer, hub.record[mark:], hub.modals.stack(deed.user)])
        if deed.telling not in shown:
            raise SystemExit(f"{deed.name}: {deed.telling} is not shown, but {shown[:1000]}")
    return took


def _shown(hub: Hub, user: str, mark: int) -> bool:
    told = any(each["user"] == user for each in hub.record[mark:])
    return told or bool(hub.modals.stack(user))
