"""Connections to the database, as many as are used at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine


@contextmanager
def pooled_engine(url: str, connections: int) -> Iterator[Engine]:
    """Have an engine with so many connections at most; one that died is replaced when it is needed."""
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        # The one that was used last has prepared the statements, in the database and here.
        pool_use_lifo=True,
        pool_pre_ping=True,
        pool_timeout=10,
        # What people typed does not belong into the log, where a statement that failed is written down.
        hide_parameters=True,
    )
    try:
        yield engine
    finally:
        engine.dispose()
