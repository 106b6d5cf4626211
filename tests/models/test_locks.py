from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from models import locks
from operations.records.close_import import lock_imports


@pytest.fixture
def leading(database):
    """A connection that holds the lock of the leading clock, as long as the product runs."""
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (locks.LEADING_CLOCK,))
        yield


def test_no_two_locks_have_the_same_key():
    """Locks with one key would make strangers wait for each other."""
    keys = [value for name, value in vars(locks).items() if name.isupper()]
    assert keys
    assert len(set(keys)) == len(keys)


@pytest.mark.usefixtures("leading")
def test_an_import_does_not_wait_for_the_clock(database):
    """Records can be imported while a clock leads."""
    engine = create_engine(database)
    with Session(engine) as session:
        session.execute(text("set local lock_timeout = '2s'"))
        lock_imports(session)
    engine.dispose()
