"""What stands before the programs begin: tables, and in the local Slack the sample to try things out with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from redis import RedisError
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from bot.manifest import registered
from bot.slack_errors import SLACK_ERRORS
from cli.connection import connection_of
from cli.load_sample import load_sample
from cli.local_slack import LocalSlack
from cli.sample import local_slack as sample
from models.migrate import upgrade
from models.offices import Office
from runtime.clock import clock_from
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings
from workers.broker import Jobs, connect
from workers.clock import heartbeat_age
from workers.remind import check_daily
from workers.slack import bot_client, code_of, workspaces_of

#: Where the clock of a new workspace stands.
FIRST_DAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("America/New_York"))
#: Seconds within which every program has to show that it is at work.
SHOW_WITHIN = 50.0


@contextmanager
def prepared(settings: Settings, local: LocalSlack | None) -> Iterator[Callable[[], bool]]:
    """Have servers, tables and sample in place; yields what tells whether all programs are at work.

    Raises:
        SetupError: Slack does not take the tokens, or a server cannot be started.
    """
    began = time.time()
    if local is None:
        _check_workspace(settings)
    with servers(settings) as running:
        upgrade(running.database_url)
        engine, broker = create_engine(running.database_url), connect(running.redis_url)
        try:
            if local is not None:
                set_up(local, settings.calendars)
                _load_sample(engine, local)
            check_daily(sessionmaker(engine), now=local.clock() if local else clock_from(settings))
            deadline = time.monotonic() + SHOW_WITHIN

            def all_at_work() -> bool:
                missing = next(_missing(engine, Jobs(broker), local, began), None)
                if missing is not None and time.monotonic() > deadline:
                    log = settings.alliance_data_dir / "logs" / f"{missing}.log"
                    raise SetupError(f"The {missing} shows no sign of life: see {log}.")
                return missing is None

            yield all_at_work
        finally:
            broker.close()
            engine.dispose()


def set_up(local: LocalSlack, calendars: str | None = None) -> None:
    """Make the local Slack the sample's workspace with our app in it; a new one gets the first day's time.

    `calendars`: the web address under which calendars are served.

    Raises:
        SetupError: It refuses something.
    """
    if not local.ask("/control/clock")["moved"]:
        local.ask("/control/clock", {"to": FIRST_DAY.isoformat(), "force": True})
    local.ask("/control/app", {"name": sample.BOT["real_name"], "bot_user": sample.BOT, **registered(calendars)})
    local.ask("/control/workspace", sample.workspace())
    local.ask("/control/welcome", sample.welcome())


def _missing(engine: Engine, jobs: Jobs, local: LocalSlack | None, began: float) -> Iterator[str]:
    """Give the names of the programs that have not shown since a moment that they are at work."""
    if local is not None and not (local.status() or {}).get("connections"):
        yield "bot"
    try:
        if not jobs.has_worker():
            yield "worker"
    except RedisError:
        yield "worker"
    try:
        with Session(engine) as session:
            age = heartbeat_age(session)
        if age is None or age.total_seconds() > time.time() - began:
            yield "clock"
    except DBAPIError:
        yield "clock"


def _load_sample(engine: Engine, local: LocalSlack) -> None:
    with Session(engine) as session:
        if session.scalar(select(Office.id).limit(1)) is None:
            load_sample(session, now=local.clock()())
            session.commit()


def _check_workspace(settings: Settings) -> None:
    """Say at once, in one sentence, that Slack does not take the tokens."""
    connection_of(settings)
    slack = bot_client(settings)
    if workspaces_of(settings, sessionmaker(), clock_from(settings)) is not None:
        # Each says with its installation whether its tokens are good.
        return
    try:
        slack.auth_test()
    except SlackApiError as error:
        raise SetupError(f"Slack does not take SLACK_BOT_TOKEN: {code_of(error)}.") from None
    except SLACK_ERRORS as error:
        raise SetupError(f"Slack cannot be reached at {settings.slack_api_url}: {error}") from None
