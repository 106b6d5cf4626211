from __future__ import annotations

import os
from contextlib import ExitStack

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import sessionmaker

from bot.app import build_app
from cli.wait_for import After, wait_for
from runtime import logs
from runtime.clock import clock_from
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings
from runtime.wakeup import woken_by_signals
from workers.pool import pooled_engine
from workers.slack import bot_client, code_of

#: Requests that are handled at once; each has a connection to the database of its own.
CONCURRENCY = 10

log = structlog.get_logger("cli.bot")


def run_bot(after: After = None) -> None:
    """Run the bot in Socket Mode: it answers commands, buttons and forms, until it is stopped."""
    wait_for(after)
    settings = load_settings()
    logs.configure(settings)
    client, app_token = bot_client(settings), _app_token(settings)
    # Bolt would look for it there and warn that it has the client's already.
    os.environ.pop("SLACK_BOT_TOKEN", None)
    with ExitStack() as stack:
        running = stack.enter_context(servers(settings, redis=False))
        engine = stack.enter_context(pooled_engine(running.database_url, CONCURRENCY))
        app = build_app(client, sessionmaker(engine), clock_from(settings))
        handler = SocketModeHandler(app, app_token, web_client=client, concurrency=CONCURRENCY)
        wait = stack.enter_context(woken_by_signals())
        try:
            handler.connect()  # type: ignore[no-untyped-call]  # Bolt gives it no types
        except SlackApiError as error:
            raise SetupError(
                f"Slack does not let the bot connect ({code_of(error)}): check SLACK_APP_TOKEN and Socket Mode."
            ) from None
        stack.callback(handler.close)
        log.info("the bot is connected")
        while not wait(None):
            pass
        log.info("the bot stops")


def _app_token(settings: Settings) -> str:
    if settings.slack_app_token is None:
        raise SetupError("SLACK_APP_TOKEN is not set: Socket Mode needs the app-level token (xapp-…).")
    return settings.slack_app_token.get_secret_value()
