from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import typer
from redis import RedisError
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from cli.load_sample import load_sample
from cli.local_slack import HOST, LocalSlack, free_port
from models.migrate import upgrade
from models.offices import Office
from runtime import logs
from runtime.clock import Clock, clock_from
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings
from runtime.single import single_instance
from runtime.supervise import Child, supervise, tell
from workers.broker import Jobs, connect
from workers.clock import heartbeat_age
from workers.main import bot_client
from workers.remind import check_daily
from workers.slack import SLACK_ERRORS, code_of


def up() -> None:
    """Start everything: servers, tables, bot, worker and clock; without SLACK_BOT_TOKEN a local Slack, too."""
    settings = load_settings()
    # On the screen stands what a person needs; each program has its log.
    logs.configure(settings.model_copy(update={"log_level": "WARNING"}))
    began = time.monotonic()
    with ExitStack() as stack:
        instance = stack.enter_context(single_instance(settings.alliance_data_dir))
        tell("Starting Alliance Bot ...")
        running = stack.enter_context(servers(settings))
        upgrade(running.database_url)
        engine = create_engine(running.database_url)
        stack.callback(engine.dispose)
        broker = connect(running.redis_url)
        stack.callback(broker.close)
        local = None if settings.slack_bot_token else LocalSlack(f"http://{HOST}:{free_port()}")
        if local is None:
            _check_workspace(settings)
            _check_rules(engine, clock_from(settings))
        programs = Programs(settings, engine, Jobs(broker), local, time.time())
        folder = settings.alliance_data_dir / "logs"

        def ready() -> None:
            address = local.address if local else settings.slack_api_url
            instance.announce(address)
            tell(_welcome(local, settings, f"{time.monotonic() - began:.0f}"))

        code = supervise(programs.children(), logs=folder, ready=ready, keep_open=[instance.descriptor])
    raise typer.Exit(code)


@dataclass(frozen=True)
class Programs:
    """The programs that make up the product, and how each is seen to be ready."""

    settings: Settings
    engine: Engine
    jobs: Jobs
    local: LocalSlack | None
    began: float

    def children(self) -> list[Child]:
        """Return the programs in the order in which they start."""
        # Whoever looks whether all are ready looks once: the three start side by side.
        children = [self._child("worker"), self._child("clock"), self._child("bot", self._all_ready)]
        if self.local is not None:
            port = self.local.address.rpartition(":")[2]
            children.insert(0, self._child("sandbox", self._local_ready, "--port", port))
        return children

    def _child(self, name: str, ready: Callable[[], bool] | None = None, *arguments: str) -> Child:
        argv = [sys.executable, "-m", "cli.main", name, *arguments]
        env = {"ALLIANCE_DATA_DIR": str(self.settings.alliance_data_dir)}
        return Child(name, argv, env | (self.local.environment() if self.local else {}), ready)

    def _local_ready(self) -> bool:
        """Whether the local Slack answers; what it shows, and the records behind it, are then put in place."""
        if self.local is None or self.local.status() is None:
            return False
        self.local.set_up()
        clock = self.local.clock()
        with Session(self.engine) as session:
            if session.scalar(select(Office.id).limit(1)) is None:
                load_sample(session, now=clock())
                session.commit()
        _check_rules(self.engine, clock)
        return True

    def _all_ready(self) -> bool:
        """Whether bot, worker and clock have shown that they are at work since we began."""
        if self.local is not None and not (self.local.status() or {}).get("connections"):
            return False
        try:
            with Session(self.engine) as session:
                age = heartbeat_age(session)
            ticked = age is not None and age.total_seconds() < time.time() - self.began
            return ticked and self.jobs.has_worker()
        except (DBAPIError, RedisError):
            return False


def _check_rules(engine: Engine, now: Clock) -> None:
    check_daily(sessionmaker(engine), now=now)


def _check_workspace(settings: Settings) -> None:
    """Say at once, in one sentence, that Slack does not take the tokens."""
    if settings.slack_app_token is None:
        raise SetupError("SLACK_APP_TOKEN is not set: Socket Mode needs the app-level token (xapp-…).")
    try:
        bot_client(settings).auth_test()
    except SlackApiError as error:
        raise SetupError(f"Slack does not take SLACK_BOT_TOKEN: {code_of(error)}.") from None
    except SLACK_ERRORS as error:
        raise SetupError(f"Slack cannot be reached at {settings.slack_api_url}: {error}") from None


def _welcome(local: LocalSlack | None, settings: Settings, seconds: str) -> str:
    lines = [f"Alliance Bot is running (started in {seconds} s).", ""]
    if local is not None:
        lines += [
            f"  Open      {local.address}",
            "            a local Slack with a made-up staff; nothing leaves this machine",
        ]
    else:
        lines.append(f"  Slack     your workspace, at {settings.slack_api_url}")
    lines += [
        f"  Logs      {settings.alliance_data_dir / 'logs'}",
        f"  Data      {settings.alliance_data_dir}",
        "  Stop      Ctrl-C",
    ]
    return "\n".join(["", *lines, ""])
