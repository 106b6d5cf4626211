"""The fixtures every test leans on."""

from __future__ import annotations

import psycopg
import redis
from sqlalchemy import create_engine, make_url, text


def test_session_leaves_nothing_behind_first(session):
    """What a test commits is visible to itself."""
    session.execute(text("CREATE TABLE left_behind (n int)"))
    session.commit()
    assert session.execute(text("SELECT count(*) FROM left_behind")).scalar() == 0
    session.rollback()
    assert session.execute(text("SELECT to_regclass('left_behind')")).scalar() is not None


def test_session_leaves_nothing_behind_second(session):
    """What a test commits is gone in the next one."""
    assert session.execute(text("SELECT to_regclass('left_behind')")).scalar() is None


def test_database_is_ones_own(database, engine):
    """A database of one's own takes several connections and real commits."""
    own = create_engine(database)
    with own.begin() as first:
        first.execute(text("CREATE TABLE left_behind (n int)"))
    with own.connect() as second:
        assert second.execute(text("SELECT count(*) FROM left_behind")).scalar() == 0
    own.dispose()
    with engine.connect() as other:
        assert other.execute(text("SELECT to_regclass('left_behind')")).scalar() is None


def test_database_is_migrated(database, engine):
    """A database of one's own holds the same tables as the shared one."""
    tables = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    own = create_engine(database)
    with own.connect() as one, engine.connect() as other:
        found = one.execute(tables).scalars().all()
        assert found == other.execute(tables).scalars().all()
    own.dispose()
    assert "alembic_version" in found


def test_empty_database_is_empty(empty_database):
    """A database without any table, for migrations."""
    address = make_url(empty_database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_valkey_answers_first(valkey_url):
    """The private Valkey stores values."""
    with redis.Redis.from_url(valkey_url) as client:
        assert client.set("left", "behind")


def test_valkey_answers_second(valkey_url):
    """The next test finds the Valkey empty."""
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
