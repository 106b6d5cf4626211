"""Copies of the portfolio that a test of the bot may write to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text

from tests.bot.world import World
from tests.conftest import NUMBERS, address_of, administer, create_database


@dataclass
class Copies:
    """Copies of the portfolio; a test that wrote nothing leaves its copy to the next one."""

    server_url: str
    filled: str
    world: World
    engine: Engine | None = None
    #: The server's next transaction id when the copy was made, without those that note a delivery: reading uses none.
    mark: int = 0

    def clean(self) -> Engine:
        """Return an engine on a copy that nobody has written to."""
        if self.engine is not None and self._next() != self.mark:
            self.drop()
        if self.engine is None:
            name = f"bot_{next(NUMBERS)}"
            create_database(self.server_url, name, self.filled)
            self.engine = create_engine(address_of(self.server_url, name))
            self.mark = self._next()
        return self.engine

    def _next(self) -> int:
        assert self.engine is not None
        return next_transaction(self.engine) - self.world.deliveries.written

    def drop(self) -> None:
        """Drop the copy in use."""
        if self.engine is not None:
            name = self.engine.url.database
            self.engine.dispose()
            self.engine = None
            administer(self.server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def next_transaction(engine: Engine) -> int:
    """Return the id that the next writing transaction of the server will have."""
    with engine.connect() as connection:
        return int(connection.scalar(text("select pg_snapshot_xmax(pg_current_snapshot())::text")))
