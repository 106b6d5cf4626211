"""Bring a database to the newest revision, and compare it with the tables as declared."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text

from models.locks import MIGRATION


def upgrade(database_url: str) -> None:
    """Upgrade the database to the newest revision; a second caller waits and finds nothing to do."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION})
            command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


def knows(connection: Connection, revision: str) -> bool:
    """Whether a revision is one of ours: that of a newer program is not."""
    try:
        return ScriptDirectory.from_config(config(connection)).get_revision(revision) is not None
    except CommandError:
        return False


def empty(database_url: str) -> None:
    """Take all tables away."""
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION})
            command.downgrade(config(connection), "base")
            connection.execute(text("drop table alembic_version"))
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    head = ScriptDirectory.from_config(config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def config(connection: Connection) -> Config:
    """Return Alembic's configuration, bound to an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    made.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d%%(hour).2d%%(minute).2d_%%(slug)s")
    made.attributes["connection"] = connection
    return made
