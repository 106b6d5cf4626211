"""What the app of all tests works on, and what the local Slack is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.manifest import registered
from tests.operations.conftest import NOW

#: Under which calendars are served.
CALENDARS = "https://alliances.example.gov/"
APP = {"name": "Alliance", "bot_user": {"id": "UBOT", "name": "alliance"}, **registered(CALENDARS)}


@dataclass
class Deliveries:
    """Sessions that note what was delivered, and count their transactions: no test has written anything with them."""

    world: World
    written: int = 0

    def __call__(self) -> AbstractContextManager[Session]:
        """Return a session of this test's database."""
        return self.world()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Give a session that commits at the end."""
        with self.world.begin() as session:
            yield session
            wrote = session.scalar(text("select pg_current_xact_id_if_assigned() is not null"))
        self.written += bool(wrote)


@dataclass
class World:
    """What the app of all tests works on, exchanged for each test."""

    now: datetime = NOW
    make: Any = None
    #: What the web server says when it is asked whether it is ready.
    unready: str | None = None
    deliveries: Deliveries = field(init=False)
    #: Sessions that are in use.
    at_work: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self)

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        """Give a session of this test's database."""
        with self._counted(), self.make() as session:
            yield session

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Give a session that commits at the end."""
        with self._counted(), self.make.begin() as session:
            yield session

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count it from before it is made: what is worked out after an acknowledgement may outlast its test."""
        with self.lock:
            self.at_work += 1
        try:
            yield
        finally:
            with self.lock:
                self.at_work -= 1
