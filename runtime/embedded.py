"""The servers behind every command: those the settings name, or embedded ones shared by all commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime import share
from runtime.postgres import data_folder, postgres
from runtime.settings import Settings
from runtime.valkey import valkey


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers that were asked for."""

    database: str | None
    redis: str | None

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database (postgresql+psycopg)."""
        if self.database is None:
            raise LookupError("the database was not asked for")
        return self.database

    @property
    def redis_url(self) -> str:
        """Address of Redis or Valkey, as redis-py takes it."""
        if self.redis is None:
            raise LookupError("Redis was not asked for")
        return self.redis


@contextmanager
def servers(
    settings: Settings, *, database: bool = True, redis: bool = True, durable: bool = True
) -> Iterator[Servers]:
    """Have the servers up while the block runs.

    What DATABASE_URL and REDIS_URL name is used as it is; what they do not name is embedded, in
    ALLIANCE_DATA_DIR, shared with every other process that asks for it and stopped after the last of them.
    `durable=False` is for tests: nothing is forced to disk, and the data are deleted at the end.

    Raises:
        SetupError: an embedded server cannot be started here.
    """
    folder = settings.alliance_data_dir
    with ExitStack() as stack:
        database_url = redis_url = None
        if database and settings.database_url is not None:
            database_url = settings.database_url.get_secret_value()
        elif database:
            database_url = stack.enter_context(postgres(folder, durable=durable))
        if redis and settings.redis_url is not None:
            redis_url = settings.redis_url.get_secret_value()
        elif redis:
            redis_url = stack.enter_context(valkey(folder))
        yield Servers(database_url, redis_url)


def where(settings: Settings) -> Path | None:
    """Return the folder of the embedded database's files, or None when DATABASE_URL names another."""
    return None if settings.database_url is not None else data_folder(settings.alliance_data_dir)


def wait_until_stopped(settings: Settings) -> None:
    """Return once no embedded server of these settings runs any more."""
    for name in ("postgres", "valkey"):
        share.wait_until_stopped(name, settings.alliance_data_dir)
