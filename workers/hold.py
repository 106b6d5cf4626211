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

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select, text
from sqlalchemy.orm import Session

from models.duties import Message, NoticeStatus
from operations.remind.deliver_message import LEASE

#: How long after a claim its holder may be presumed dead when the lock is gone: a connection to the database
#: can be lost while a post is still on its way to Slack.
GRACE = timedelta(seconds=6)
#: How much of its lease is left then.
DEAD = LEASE - GRACE

WAITING = (NoticeStatus.PENDING, NoticeStatus.CLAIMED, NoticeStatus.UNCERTAIN)

#: The lock's number is made of the id's last 63 bits.
BITS = (1 << 63) - 1


@contextmanager
def holding(engine: Engine, message_id: uuid.UUID) -> Iterator[Connection | None]:
    """Hold a message while the block runs; yields the connection that holds it, None when another worker does.

    What is noted of the message is written through the same connection: who lost the lock cannot write, either.
    """
    with engine.connect() as connection:
        if not _outside_transactions(connection, "select pg_try_advisory_lock(:key)", key=_key(message_id)):
            yield None
            return
        try:
            yield connection
        finally:
            # A connection that is broken has let go already.
            if not connection.invalidated:
                _outside_transactions(connection, "select true from pg_advisory_unlock_all()")


def hold_more(session: Session, message_ids: Sequence[uuid.UUID], *, most: int) -> list[uuid.UUID]:
    """Hold more messages with a connection that holds one, for as long: the first that no other worker holds."""
    if not message_ids:
        return []
    keys = {_key(message_id): message_id for message_id in message_ids}
    return [keys[key] for key in session.scalars(_HOLD, {"keys": list(keys), "most": most})]


def let_go(session: Session, message_ids: Sequence[uuid.UUID]) -> None:
    """Let messages go that were held."""
    if message_ids:
        session.execute(_LET_GO, {"keys": [_key(message_id) for message_id in message_ids]})


#: No more locks are tried once there are enough.
_HOLD = text("select key from unnest(cast(:keys as bigint[])) as key where pg_try_advisory_lock(key) limit :most")
_LET_GO = text("select pg_advisory_unlock(key) from unnest(cast(:keys as bigint[])) as key")


def _outside_transactions(connection: Connection, statement: str, **values: int) -> bool:
    connection.execution_options(isolation_level="AUTOCOMMIT")
    done = connection.scalar(text(statement), values)
    connection.commit()
    connection.execution_options(isolation_level="READ COMMITTED")
    return bool(done)


def abandoned_messages(session: Session) -> Sequence[uuid.UUID]:
    """Find the messages whose worker died before it could say what became of them."""
    # What is claimed waits: said as the index of the waiting says it, so that the others are not read.
    waits = or_(Message.status.in_(WAITING), Message.version > Message.shown_version)
    claimed = session.scalars(select(Message.id).where(waits, *_older_than_grace())).all()
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
    newest = func.clock_timestamp() + DEAD
    return Message.claimed_until > func.clock_timestamp(), Message.claimed_until < newest


def _key(message_id: uuid.UUID) -> int:
    return message_id.int & BITS
