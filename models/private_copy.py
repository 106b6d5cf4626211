"""A private copy of all records: temporary tables of one database session, which nobody else can see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

#: Tables that no rule reads and that only grow: the copy has them, empty.
LEFT_EMPTY = frozenset({"audit", "deliveries", "submissions"})
#: Room for the copy in the memory of its session, before PostgreSQL puts it on disk.
BUFFERS = "64MB"


@contextmanager
def private_copy(engine: Engine) -> Iterator[Connection]:
    """Copy all records as they stand at one moment, and give a connection that sees the copy alone.

    Whatever is done on it leaves no trace: its transaction may write to nothing but the copy, is never
    committed (so that nothing it announces is heard), and the copy goes with the connection, however that ends.
    No lock on the real tables is held once the copy is made.
    """
    with engine.connect() as connection:
        # Closed for good at the end: in a pool, the copy would hide the real tables from whoever comes next.
        connection.detach()
        connection.execute(text(f"set temp_buffers = '{BUFFERS}'"))
        connection.commit()
        with connection.begin():
            connection.execute(text("set transaction isolation level repeatable read"))
            _copy_tables(connection)
        with connection.begin() as transaction:
            connection.execute(text("set transaction read only"))
            # A table that is missing from the copy is an error, and not the real one.
            connection.execute(text("set local search_path to pg_temp"))
            yield connection
            transaction.rollback()


def _copy_tables(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = connection.scalars(text("select tablename from pg_tables where schemaname = current_schema()")).all()
    schema = quote(str(connection.scalar(text("select current_schema()"))))
    for name in map(str, names):
        real, copy = f"{schema}.{quote(name)}", f"pg_temp.{quote(name)}"
        connection.execute(text(f"create temporary table {copy} (like {real} including all)"))
        if name not in LEFT_EMPTY:
            connection.execute(text(f"insert into {copy} overriding system value select * from {real}"))  # noqa: S608 - names from the catalog, quoted
            connection.execute(text(f"analyze {copy}"))
