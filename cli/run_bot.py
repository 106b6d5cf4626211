from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Annotated
from urllib.parse import urljoin

import structlog
import typer
from slack_bolt import App
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from bot.app import build_app
from bot.manifest import INSTALL
from bot.socket_mode import Connection
from bot.take_file import Documents
from bot.workspaces import Workspaces
from cli.connection import Http, SocketMode, connection_of, http_address
from cli.wait_for import After, wait_for
from runtime import logs
from runtime.clock import clock_from
from runtime.documents import document_store
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.serve import serving
from runtime.settings import Settings, load_settings
from runtime.wakeup import woken_by_signals
from workers.calendar_page import calendar_page
from workers.pool import pooled_engine
from workers.slack import bot_client, client_credentials, code_of, workspaces_of

#: Requests that are handled at once; each has a connection to the database of its own.
CONCURRENCY = 10

#: Calendars that are read at once; the others wait.
FETCHES = 3

log = structlog.get_logger("cli.bot")


def run_bot(
    http: Annotated[
        bool, typer.Option("--http", help="Wait for Slack's signed requests, though there is a token for Socket Mode.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(help="For HTTP: where to listen, in place of BOT_ADDRESS.", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The same, the port.", show_default=False)] = None,
    after: After = None,
) -> None:
    """Run the bot: it answers commands, buttons and forms, over Socket Mode or HTTP, until it is stopped."""
    wait_for(after)
    settings = load_settings()
    logs.configure(settings)
    client = bot_client(settings)
    way = connection_of(settings, http=http or host is not None or port is not None, host=host, port=port)
    # Bolt would look for them there, and go ways of its own.
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)
    with ExitStack() as stack:
        running = stack.enter_context(servers(settings, redis=False))
        engine = stack.enter_context(pooled_engine(running.database_url, CONCURRENCY))
        documents = Documents(document_store(settings), settings.documents_megabytes * 1_000_000)
        sessions, now = sessionmaker(engine), clock_from(settings)
        workspaces = workspaces_of(settings, sessions, now)
        pages = None if workspaces is None else _pages(settings, workspaces, client)
        app = build_app(
            client,
            sessions,
            now,
            way.secret if isinstance(way, Http) else None,
            documents=documents,
            calendars=settings.calendars,
            newer_blocks=settings.newer_blocks,
            workspaces=workspaces,
        )
        # What comes after an acknowledgement is done before the connections to the database are closed.
        stack.callback(app.listener_runner.listener_executor.shutdown)
        if settings.calendar_address is not None:
            # Apart from the bot's own connections: who fetches a calendar makes nobody in Slack wait.
            fetched = sessionmaker(stack.enter_context(pooled_engine(running.database_url, FETCHES)))
            page = calendar_page(fetched, now)
            address = stack.enter_context(serving(settings.calendar_address, page, setting="CALENDAR_ADDRESS"))
            log.info("calendars are served", address=address)
        wait = stack.enter_context(woken_by_signals())
        if isinstance(way, Http):
            _listen(stack, app, way, engine, pages)
        else:
            _connect(stack, app, way, client)
            if pages is not None:
                _listen(stack, None, http_address(settings, host, port), engine, pages)
        while not wait(None):
            pass
        log.info("the bot stops")


def _connect(stack: ExitStack, app: App, way: SocketMode, client: WebClient) -> None:
    handler = Connection(app, way.token, web_client=client, concurrency=CONCURRENCY)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # Bolt gives it no types
    except SlackApiError as error:
        raise SetupError(
            f"Slack does not let the bot connect ({code_of(error)}): check SLACK_APP_TOKEN and Socket Mode."
        ) from None
    stack.callback(handler.close)
    log.info("the bot is connected")


def _pages(settings: Settings, workspaces: Workspaces, client: WebClient) -> OAuthFlow:
    from bot.install_pages import install_flow  # noqa: PLC0415  # one workspace does without

    id, secret = client_credentials(settings)
    address = str(settings.bot_url)
    flow = install_flow(workspaces.installed, client, client_id=id, client_secret=secret, address=address)
    log.info("workspaces install the app", page=urljoin(address, INSTALL))
    return flow


def _listen(stack: ExitStack, app: App | None, way: Http, engine: Engine, pages: OAuthFlow | None) -> None:
    try:
        from bot.http_mode import listening  # noqa: PLC0415  # an extra: absent from a small install
    except ImportError:
        raise SetupError("HTTP mode is not installed: install alliance-bot[http].") from None

    def unready() -> str | None:
        try:
            with engine.connect() as connection:
                connection.execute(text("select 1"))
        except SQLAlchemyError:
            return "the database cannot be reached"
        return None

    try:
        served = listening(app, way.host, way.port, at_once=CONCURRENCY, unready=unready, install=pages)
        address = stack.enter_context(served)
    except OSError as error:
        raise SetupError(
            f"{way.host}:{way.port} cannot be listened on ({error.strerror or error}): set BOT_ADDRESS."
        ) from None
    log.info("the bot waits for Slack's requests", address=address)
