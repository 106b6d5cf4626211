"""What another transaction does while the test's own is open."""

from __future__ import annotations

import threading
import time

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker


def wait_until_blocked(sessions: sessionmaker[Session], many: int = 1) -> None:
    """Wait until so many transactions wait for a lock."""
    deadline = time.monotonic() + 10
    with sessions() as session:
        while session.scalar(text("select count(distinct pid) from pg_locks where not granted")) < many:
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)


def in_thread(sessions: sessionmaker[Session], work) -> tuple[threading.Thread, list[Exception]]:
    """Begin a transaction beside the test's; returns its thread, and what it raised."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            with sessions.begin() as session:
                work(session)
        except Exception as error:  # noqa: BLE001  # the test says what it was
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised
