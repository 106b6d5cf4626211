"""Open the records for a command: servers up, tables there, the day known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from cli.local_slack import local_slack_of
from models.migrate import is_current, upgrade
from models.offices import Office
from operations.actor import office_day
from runtime import logs
from runtime.clock import Clock, clock_from
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings

#: What day it is for the program, where no office says otherwise.
NATIONAL_TIME_ZONE = "America/New_York"


@dataclass(frozen=True)
class Records:
    """The records, as one command uses them."""

    settings: Settings
    sessions: sessionmaker[Session]
    clock: Clock

    def today(self) -> date:
        """Return what day it is at the National Office."""
        with self.sessions() as session:
            timezone = session.scalar(select(Office.timezone).where(Office.kind == "national"))
        return office_day(self.now(), timezone or NATIONAL_TIME_ZONE)

    def now(self) -> datetime:
        """Return the present moment by the clock that the settings name."""
        return self.clock()


def _clock(settings: Settings) -> Clock:
    """Return the clock that the settings name; beside a running local Slack its clock, which travels."""
    if settings.alliance_clock_url is None and not settings.has_workspace:
        local = local_slack_of(settings)
        if local is not None:
            return local.clock()
    return clock_from(settings)


@contextmanager
def open_records() -> Iterator[Records]:
    """Open the records; embedded ones are started and brought to the newest revision.

    Raises:
        SetupError: An external database stands at another revision.
    """
    settings = load_settings()
    # What is printed may be read by a program: a warning must not stand in it.
    logs.configure(settings)
    with servers(settings, redis=False) as running:
        engine = create_engine(running.database_url, connect_args={"connect_timeout": 10})
        try:
            with engine.connect() as connection:
                current = is_current(connection)
            if not current:
                if settings.database_url is not None:
                    raise SetupError("The database is not at the newest revision; run `alliance migrate` first.")
                upgrade(running.database_url)
            yield Records(settings, sessionmaker(engine), _clock(settings))
        finally:
            engine.dispose()
