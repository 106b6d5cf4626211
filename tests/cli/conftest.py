"""Commands run in the tests' own process, on Monday, November 23, 2026."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cli import main
from cli.load_sample import load_sample
from operations.remind.check_rules import check_rules
from runtime import clock as clocks
from tests.conftest import TEMPLATE, address_of, administer, create_database

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

#: Runs `alliance ARGS`; gives exit code, output and errors.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _as_before(logs_undone) -> None:
    """A command configures the logs."""


@contextmanager
def sample_database(server_url: str, name: str) -> Iterator[str]:
    """Make a database with the sample, checked once, for the tests of a module; gives its address."""
    create_database(server_url, name, TEMPLATE)
    address = address_of(server_url, name)
    engine = create_engine(address)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        check_rules(session, now=NOW)
        session.commit()
    engine.dispose()
    yield address
    administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def run_on(monkeypatch, capsys) -> Callable[[str], Run]:
    """Gives what runs commands on the database of an address."""
    monkeypatch.delenv("ALLIANCE_CLOCK_URL", raising=False)
    monkeypatch.setattr(clocks, "_machine_time", lambda: NOW)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    def on(address: str) -> Run:
        monkeypatch.setenv("DATABASE_URL", address)
        return run

    return on
