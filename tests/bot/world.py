"""What the app of all tests works on, and what the local Slack is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
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

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self)

    def __call__(self) -> AbstractContextManager[Session]:
        """Return a session of this test's database."""
        return self.make()

    def begin(self) -> AbstractContextManager[Session]:
        """Return a session that commits at the end."""
        return self.make.begin()
