"""What a database holds, in numbers: enough to tell whether a copy of it is the same."""

from __future__ import annotations

from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from models.audit import GENESIS


def revision_of(connection: Connection) -> str | None:
    """Return the revision at which the database stands; None where there is no table."""
    return MigrationContext.configure(connection).get_current_revision()


def rows_of(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    quote = connection.dialect.identifier_preparer.quote
    names = connection.scalars(
        text("select tablename from pg_tables where schemaname = current_schema() order by tablename")
    ).all()
    return {
        name: connection.scalar(text(f"select count(*) from {quote(name)}")) or 0  # noqa: S608 - from the catalog, quoted
        for name in map(str, names)
    }


def head_of(connection: Connection) -> str:
    """Return the hash of the audit's last entry."""
    return connection.scalar(text("select hash from audit order by seq desc limit 1")) or GENESIS
