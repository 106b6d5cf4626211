from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.message_store import MessageStore
from sandbox.modals import Modals
from sandbox.pages import Pages
from sandbox.rate_limits import RateLimits
from sandbox.response_urls import ResponseUrls
from sandbox.socket_mode import Link
from sandbox.state import Json, State
from sandbox.triggers import Triggers


@dataclass
class Hub:
    """The running local Slack: what is kept, and who is connected.

    Args:
        base_url: address of this server as the app reaches it, without a slash at the end.
        record: everything the app and the people posted, for tests; not saved.
        codes: what an installation may be exchanged for, by its code; not saved.
        steps: the app's steps that workflows ran, by the id of the execution; not saved.
        retry_after: real seconds before each re-delivery of an event nobody acknowledged.
        tasks: what runs in the background.
    """

    state: State
    clock: Clock
    store: MessageStore
    base_url: str
    pages: Pages = field(default_factory=Pages)
    faults: Faults = field(default_factory=Faults)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    link: Link = field(init=False)
    triggers: Triggers = field(default_factory=Triggers)
    modals: Modals = field(default_factory=Modals)
    response_urls: ResponseUrls = field(default_factory=ResponseUrls)
    record: list[Json] = field(default_factory=list)
    codes: dict[str, Json] = field(default_factory=dict)
    steps: dict[str, Json] = field(default_factory=dict)
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.link = Link(self.faults, self.note)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def note(self, kind: str, **facts: object) -> None:
        """Add one line to the record."""
        empty = dict.fromkeys(("channel", "ts", "thread_ts", "text", "blocks", "metadata", "user"))
        self.record.append({"kind": kind, **empty, **facts, "at": self.clock.now().isoformat(timespec="microseconds")})
