"""Sessions on a private copy of the records: what is committed in them stays in the copy, and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.private_copy import private_copy


class _Sessions:
    """Makes sessions as a `sessionmaker` does: all are one, on one connection, each in a savepoint of its own.

    A savepoint writes no audit and announces nothing: both wait for a commit, which never comes.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        """Give a session to read with: without a savepoint, which would cost two more ways to the server."""
        try:
            yield self.session
            if self.session.new or self.session.dirty or self.session.deleted:
                raise RuntimeError("a session that was opened to read has written")
        finally:
            self._forget()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        try:
            with self.session.begin_nested():
                yield self.session
        finally:
            self._forget()

    def _forget(self) -> None:
        """Begin afresh, as a new session would."""
        self.session.expunge_all()
        self.session.info.pop("audit", None)


@contextmanager
def rehearsal(engine: Engine) -> Iterator[sessionmaker[Session]]:
    """Give sessions on a private copy of the records as they stand; nothing done in them leaves a trace."""
    with private_copy(engine) as connection, Session(connection, join_transaction_mode="rollback_only") as session:
        # Whoever asks for sessions calls the maker or its `begin`, and no more.
        yield cast("sessionmaker[Session]", _Sessions(session))
