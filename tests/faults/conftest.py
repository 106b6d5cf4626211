"""The programs as processes, and what happens to them: killed, cut off, told twice, told nothing.

Every test here ends with `nothing_lost_nothing_doubled`: the ledger against the local Slack's own record. Other
faults stand where what they break is at home: how soon a killed worker is made up for in
`tests/workers/test_worker_process.py`, each fault of one call in `tests/workers/test_deliver.py` and
`test_deliver_kinds.py`, two at once in `tests/operations/test_two_at_once.py`, the whole program killed and
stopped in `tests/cli/test_processes_up.py`, the embedded servers in `tests/runtime/test_embedded.py`, and the
faults of the local Slack themselves in `tests/sandbox/test_faults.py` and `test_broken_*.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from redis import Redis
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from models.duties import Message, Notice, NoticeStatus
from tests.workers.conftest import LocalSlack, Portfolio, own_engine, sessions, slack

__all__ = ["own_engine", "sessions", "slack"]

#: Seconds for which a second copy of something is waited for once all is said: longer than the sweep's interval.
QUIET = 4.0


@contextmanager
def program(name: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `alliance NAME`; whatever a test left running is killed."""
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "cli.main", name], env=os.environ | environment, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def record_of(slack: Any) -> list[dict[str, Any]]:
    """Return everything that was posted and rewritten in the local Slack."""
    return [entry for entry in slack.get("/control/record") if entry["kind"] in {"post", "update"}]


def reminders(record: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every post that carries the id of a message of ours."""
    event = "alliance_notice"
    return [e for e in record if e["kind"] == "post" and (e["metadata"] or {}).get("event_type") == event]


def nothing_lost_nothing_doubled(make: sessionmaker[Session], slack: Any) -> int:
    """Compare the ledger with the record of what was posted, by id; return how many messages there are."""
    with make() as session:
        messages = session.scalars(select(Message).where(Message.status != NoticeStatus.CANCELLED)).all()
        notices = session.scalars(select(Notice).where(Notice.status != NoticeStatus.CANCELLED)).all()
    assert {message.status for message in messages} <= {NoticeStatus.SENT}, "a message waits or failed: lost"
    record = record_of(slack)
    posts = [(p["metadata"]["event_payload"]["notice_id"], p["channel"], p["ts"]) for p in reminders(record)]
    posted, known = Counter(posts), Counter((str(m.id), m.channel, m.ts) for m in messages)
    assert posted == known, f"each was posted once; too much: {posted - known}, missing: {known - posted}"
    words = {(entry["channel"], entry["ts"]): entry["text"] for entry in record}
    stale = [m.id for m in messages if words[m.channel, m.ts] != m.words["text"] or m.version != m.shown_version]
    assert stale == [], "the last words stand in the channel"
    ids = {message.id for message in messages}
    assert {notice.status for notice in notices if notice.message_id in ids} <= {NoticeStatus.SENT}
    assert {notice.message_id for notice in notices if notice.status == NoticeStatus.SENT} <= ids
    return len(messages)


@dataclass
class World:
    """The programs of one test, and what may be done to them."""

    slack: LocalSlack
    make: sessionmaker[Session]
    portfolio: Portfolio
    valkey_url: str
    environment: dict[str, str]
    logs: Path
    stack: ExitStack
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a program."""
        log = self.logs / f"{len(self.started)}-{name}.log"
        self.started.append(self.stack.enter_context(program(name, self.environment, log)))
        return self.started[-1]

    def offices(self, *names: str) -> None:
        """Make offices, each with a channel of its own and a duty to be reminded of at nine, which it is."""
        channels = [{"id": f"C0{name}", "name": name.lower()} for name in names]
        self.slack.post("/control/workspace", channels=channels)
        for name in names:
            self.portfolio.office(name, channel=f"C0{name}")

    def fault(self, on: str, what: str, **more: Any) -> None:
        """Let something go wrong in the local Slack."""
        self.slack.post("/control/faults", on=on, what=what, **more)

    def mend(self) -> None:
        """Let nothing go wrong in the local Slack any more."""
        request = Request(f"{self.slack.address}/control/faults", method="DELETE")  # noqa: S310  # our own server
        with urlopen(request, timeout=10):  # noqa: S310  # our own server
            pass

    def struck(self, times: int = 1) -> bool:
        """Whether a fault of the local Slack has struck so often."""
        return len(self.slack.record("fault")) >= times

    @contextmanager
    def locked(self, statement: str) -> Iterator[None]:
        """Hold what a statement locks, so that a program stops where it needs the same."""
        with self.make() as session:
            session.execute(text(statement))
            yield
            session.rollback()

    def somebody_waits(self) -> bool:
        """Whether a program waits for what `locked` holds."""
        waiting = (
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        with self.make() as session:
            return bool(session.scalar(text(waiting)))

    def valkey(self) -> Redis:
        """Return a client of the queue's server."""
        return self.stack.enter_context(Redis.from_url(self.valkey_url))

    def statuses(self) -> list[str]:
        """Return how far each message has come; "stale" where it was sent and is yet to be rewritten."""
        with self.make() as session:
            rows = session.execute(select(Message.status, Message.version > Message.shown_version))
            return sorted("stale" if status == NoticeStatus.SENT and behind else status for status, behind in rows)

    def all_is_said(self, *messages: int) -> bool:
        """Whether so many messages are there, all sent with their last words; not while the database is away."""
        with suppress(DBAPIError):
            statuses = self.statuses()
            return len(statuses) in messages and set(statuses) == {NoticeStatus.SENT}
        return False

    def ends_well(self, *messages: int, within: float = 240) -> None:
        """Wait until all is said, in so many messages, and then for a second copy; compare ledger and record."""
        until(lambda: self.all_is_said(*messages), within, self.tails)
        time.sleep(QUIET)
        assert nothing_lost_nothing_doubled(self.make, self.slack) in messages

    def tails(self) -> str:
        """Return the ends of all logs."""
        parts = [f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in sorted(self.logs.iterdir())]
        return "\n".join([*parts, str(self.statuses())])


def until(what: Callable[[], Any], seconds: float = 240, otherwise: Callable[[], str] = str) -> None:
    """Wait until something is true; fail when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"it did not happen in time\n{otherwise()}"
        time.sleep(0.02)


@pytest.fixture
def world(database, valkey_url, slack, sessions, tmp_path) -> Iterator[World]:
    """The programs on the test's own servers, at nine o'clock on a Monday."""
    environment = {
        "DATABASE_URL": database,
        "REDIS_URL": valkey_url,
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_API_URL": f"{slack.address}/api/",
        "ALLIANCE_CLOCK_URL": f"{slack.address}/control/clock",
        "ALLIANCE_DATA_DIR": str(tmp_path / "data"),
        "NO_PROXY": "127.0.0.1",
    }
    (tmp_path / "logs").mkdir()
    with ExitStack() as stack:
        yield World(slack, sessions, Portfolio(sessions), valkey_url, environment, tmp_path / "logs", stack)
