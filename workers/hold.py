"""A message is worked on by one worker at a time, for as long as that worker lives.

The claim in the database is a lease: it must be long, because Slack may be slow. A lock of the database's
session says more: it is gone as soon as its holder is. So the work of a worker that died is taken over after
seconds, and that of a slow one is left alone even when the lease has run out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import ColumnElement, Engine, func, select, text, update
from sqlalchemy.orm import Session

from models.duties import Message
from operations.remind.deliver_message import LEASE

#: How long after a claim its holder may be presumed dead when the lock is gone: a connection to the database
#: can be lost while a post is still on its way to Slack.
GRACE = timedelta(seconds=6)

#: The lock's number is made of the id's last 63 bits.
BITS = (1 << 63) - 1


@contextmanager
def holding(engine: Engine, message_id: uuid.UUID) -> Iterator[bool]:
    """Hold a message while the block runs; yields False when another worker holds it."""
    key = {"key": _key(message_id)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("select pg_try_advisory_lock(:key)"), key):
            yield False
            return
        try:
            yield True
        finally:
            # A connection that is broken has let go already.
            if not connection.invalidated:
                connection.execute(text("select pg_advisory_unlock(:key)"), key)


def end_dead_lease(session: Session, message_id: uuid.UUID) -> None:
    """End the lease of a worker that died; only for who holds the message."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, *_older_than_grace())
        .values(claimed_until=func.clock_timestamp())
    )


def abandoned_messages(session: Session) -> Sequence[uuid.UUID]:
    """Find the messages whose worker died before it could say what became of them."""
    claimed = session.scalars(select(Message.id).where(*_older_than_grace())).all()
    if not claimed:
        return ()
    held = set(
        session.scalars(
            text(
                "select (classid::bigint << 32) | objid::bigint from pg_locks"
                " where locktype = 'advisory' and objsubid = 1 and granted"
                " and database = (select oid from pg_database where datname = current_database())"
            )
        )
    )
    return [message_id for message_id in claimed if _key(message_id) not in held]


def _older_than_grace() -> tuple[ColumnElement[bool], ...]:
    newest = func.clock_timestamp() + (LEASE - GRACE)
    return Message.claimed_until > func.clock_timestamp(), Message.claimed_until < newest


def _key(message_id: uuid.UUID) -> int:
    return message_id.int & BITS
