"""Real servers for every test that asks: one private PostgreSQL and one private Valkey a worker process."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import hypothesis
import pytest
import redis
import structlog
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from runtime.embedded import servers, wait_until_stopped
from runtime.settings import Settings

TEMPLATE = "migrated"

# One example may take as long as a busy machine with two cores needs; a loop without end is still found.
hypothesis.settings.register_profile("busy machine", deadline=timedelta(seconds=2))
hypothesis.settings.load_profile("busy machine")

# No test talks to the servers or the workspace that somebody's shell happens to name.
for name in Settings.model_fields:
    os.environ.pop(name.upper(), None)


def log_plainly() -> None:
    """Log as structlog does by itself, but for plain tracebacks: drawn with all their values they take seconds."""
    structlog.reset_defaults()
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


log_plainly()

REPLAY, FORM_SENT = "replay", "form sent"


def recorded(terminalreporter: pytest.TerminalReporter, wanted: str) -> list[str]:
    """Return what tests recorded under a name, in order, each once."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [each for report in reports for each in getattr(report, "user_properties", ())]
    return list(dict.fromkeys(value for name, value in properties if name == wanted))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how runs of chance can be replayed, whether they passed or failed: what tests recorded as `REPLAY`."""
    for line in recorded(terminalreporter, REPLAY):
        terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of all tests of the bot in which no test sent one of its forms at the socket."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    passed = {Path(report.nodeid.partition("::")[0]).name for report in reporter.stats.get("passed", ())}
    if not {path.name for path in (Path(__file__).parent / "bot").glob("test_*.py")} <= passed:
        return
    from bot.forms import FORMS  # noqa: PLC0415  # only the run of all tests needs it

    unsent = sorted(set(FORMS) - set(recorded(reporter, FORM_SENT)))
    if unsent:
        reporter.write_line(f"\nNo test of tests/bot sends these forms at the socket: {', '.join(unsent)}.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def logs_undone() -> Iterator[None]:
    """Have the logs as they were after a test that configures them: its streams are closed by then."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    logging.captureWarnings(capture=False)
    log_plainly()


@pytest.fixture(scope="session")
def private_settings() -> Iterator[Settings]:
    """Settings of servers that only this worker process uses, whatever the environment says."""
    with tempfile.TemporaryDirectory(prefix="alliance-test-") as folder:
        Path(folder).chmod(0o711)  # so that root's tests can run PostgreSQL as somebody else in it
        settings = Settings(alliance_data_dir=Path(folder), database_url=None, redis_url=None)
        yield settings
        wait_until_stopped(settings)


@pytest.fixture(scope="session")
def server_url(private_settings) -> Iterator[str]:
    """Address of a running PostgreSQL which holds the template database, migrated to the newest revision."""
    from models.migrate import upgrade  # noqa: PLC0415  # tests without a database do not pay for the models

    with servers(private_settings, redis=False, durable=False) as running:
        create_database(running.database_url, TEMPLATE, "template1")
        upgrade(address_of(running.database_url, TEMPLATE))
        yield running.database_url


@pytest.fixture(scope="session")
def engine(server_url) -> Iterator[Engine]:
    """An engine on a migrated, empty database: for `session`; commit nothing through it yourself."""
    create_database(server_url, "shared", TEMPLATE)
    engine = create_engine(address_of(server_url, "shared"))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    """A session whose work is undone after the test, even what it committed."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


NUMBERS = count(1)


@pytest.fixture
def database(server_url) -> Iterator[str]:
    """Address of a migrated, empty database for this test alone, for tests of several connections."""
    name = f"alone_{next(NUMBERS)}"
    create_database(server_url, name, TEMPLATE)
    yield address_of(server_url, name)
    administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_database(server_url) -> Iterator[str]:
    """Address of a database without any table, for this test alone."""
    name = f"empty_{next(NUMBERS)}"
    create_database(server_url, name, "template1")
    yield address_of(server_url, name)
    administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def valkey_server(private_settings) -> Iterator[str]:
    """Address of a running Valkey of this worker process."""
    with servers(private_settings, database=False) as running:
        yield running.redis_url


@pytest.fixture
def valkey_url(valkey_server) -> str:
    """Address of a Valkey that holds nothing at the beginning of the test."""
    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server


def address_of(server: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def create_database(server: str, name: str, template: str) -> None:
    """Make a database as a copy of another."""
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def administer(server: str, statement: str) -> None:
    """Run one statement outside any transaction."""
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
