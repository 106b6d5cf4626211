"""Worker and clock as processes of their own: killed, stopped, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.duties import Message, NoticeStatus

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]


@contextmanager
def program(name: str, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    """Run `alliance NAME`; whatever a test left running is killed."""
    argv = [sys.executable, "-m", "cli.main", name]
    process = subprocess.Popen(argv, env=os.environ | environment, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def start(database, valkey_url, line, slack, tmp_path) -> Iterator[Callable[[str], subprocess.Popen]]:
    """Start programs on the test's servers, with the disturbed line to Slack."""
    environment = {
        "DATABASE_URL": database,
        "REDIS_URL": valkey_url,
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_API_URL": f"{line.address}/api/",
        "ALLIANCE_CLOCK_URL": f"{slack.address}/control/clock",
        "ALLIANCE_DATA_DIR": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
    }
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(program(name, environment))


def status_of(portfolio, message_id) -> str:
    """Return how far a message has come."""
    return portfolio.read(message_id).status


@pytest.mark.parametrize("moment", ["late", "held", "sunk"])
def test_killed_worker_is_made_up_for_within_15_seconds(start, portfolio, line, eventually, moment):
    """A worker killed while it posts, before or after Slack has the message, costs 15 seconds at most."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = [moment]
    start("clock")
    victim = start("worker")
    eventually(lambda: "chat.postMessage" in line.calls, 30)
    # The next worker stands by: what is measured is the recovery, not how fast Python starts.
    start("worker")
    time.sleep(0.2)
    victim.kill()
    killed = time.monotonic()
    eventually(lambda: status_of(portfolio, message_id) == NoticeStatus.SENT, 30)
    assert time.monotonic() - killed < 15
    assert len(line.slack.posts) == 1


def test_office_is_reminded_by_the_programs_alone(start, portfolio, slack, eventually):
    """At nine the message is there; a month later the next and the reply to the first; what was missed comes once."""
    portfolio.office()
    start("clock")
    start("worker")
    eventually(lambda: len(slack.posts) == 1, 30)
    (post,) = slack.posts
    with portfolio.sessions() as session:
        message = session.scalars(select(Message)).one()
    assert post["metadata"]["event_payload"] == {"notice_id": str(message.id)}
    slack.post("/control/clock", by_days=30)
    eventually(lambda: len(slack.posts) == 3, 15)
    time.sleep(4)
    assert len(slack.posts) == 3
    with portfolio.sessions() as session:
        days = session.scalars(select(Message.day).order_by(Message.day)).all()
    assert [str(day) for day in days] == ["2026-11-23", "2026-12-23", "2026-12-23"]


def test_worker_stops_within_10_seconds_and_finishes_its_work(start, portfolio, slack, line, eventually):
    """A worker that is asked to stop finishes the post it is at, and leaves with code 0."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["late"]
    start("clock")
    worker = start("worker")
    eventually(lambda: "chat.postMessage" in line.calls, 30)
    worker.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 10
    assert status_of(portfolio, message_id) == NoticeStatus.SENT
    assert len(slack.posts) == 1


def test_second_clock_takes_over(start, portfolio, slack, eventually):
    """When the leading clock is killed, the other one sends the next day's message."""
    portfolio.office()
    first, _second = start("clock"), start("clock")
    start("worker")
    eventually(lambda: len(slack.posts) == 1, 30)
    first.kill()
    slack.post("/control/clock", to=(slack.clock() + timedelta(days=30)).isoformat())
    eventually(lambda: len(slack.posts) == 2, 15)
