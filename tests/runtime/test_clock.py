"""The machine's clock and the travelling one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime import clock
from runtime.clock import clock_from, system_clock, travelling_clock
from runtime.errors import SetupError
from runtime.settings import Settings

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
CLOSE = timedelta(seconds=5)


class Other(ThreadingHTTPServer):
    """The other side: answers with `body`, or with an error when that is None."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body: str | None = json.dumps({"now": MONDAY.isoformat()})
        self.asked = 0
        self.url = f"http://127.0.0.1:{self.server_port}/clock"


class Handler(BaseHTTPRequestHandler):
    """Answers every question alike."""

    def do_GET(self) -> None:  # the library's name
        """Answer."""
        self.server.asked += 1
        self.send_response(200 if self.server.body else 503)
        self.end_headers()
        self.wfile.write((self.server.body or "").encode())

    def log_message(self, *_) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[Other]:
    """A clock to follow."""
    with Other() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_machine_time_is_aware_and_in_utc():
    """The machine's clock knows its zone."""
    assert system_clock()().utcoffset() == timedelta(0)
    assert system_clock()() <= system_clock()()


def test_settings_choose_the_clock(other):
    """Without ALLIANCE_CLOCK_URL the machine's clock counts, with it the other one."""
    assert abs(clock_from(Settings(alliance_clock_url=None))() - system_clock()()) < CLOSE
    assert abs(clock_from(Settings(alliance_clock_url=other.url))() - MONDAY) < CLOSE


def test_travelling_time_is_in_utc_and_goes_on(other):
    """The other side's zone is converted, and the time does not stand still between questions."""
    other.body = json.dumps({"now": "2026-11-23T09:00:00-05:00"})
    now = travelling_clock(other.url)
    first = now()
    assert first.utcoffset() == timedelta(0)
    assert abs(first - MONDAY) < CLOSE
    assert now() > first


def test_one_question_serves_many_threads(other, monkeypatch):
    """Within the time an answer holds nobody asks again."""
    monkeypatch.setattr(clock, "FRESH", 60)
    now = travelling_clock(other.url)
    with ThreadPoolExecutor(8) as pool:
        times = list(pool.map(lambda _: now(), range(200)))
    assert other.asked == 1
    assert max(times) - min(times) < CLOSE


def test_travel_is_noticed(other, monkeypatch):
    """When the other side jumps a month, so do we."""
    monkeypatch.setattr(clock, "FRESH", 0)
    now = travelling_clock(other.url)
    now()
    other.body = json.dumps({"now": (MONDAY + timedelta(days=30)).isoformat()})
    assert abs(now() - MONDAY - timedelta(days=30)) < CLOSE


@pytest.mark.parametrize("body", [None, "", "[]", "{}", '{"now": 7}', '{"now": "2026-11-23T09:00:00"}', '{"now": "x"}'])
def test_failed_question_keeps_the_last_answer(other, monkeypatch, body):
    """An answer that does not come, or makes no sense, changes nothing."""
    monkeypatch.setattr(clock, "FRESH", 0)
    now = travelling_clock(other.url)
    now()
    other.body = body
    assert abs(now() - MONDAY) < CLOSE


@pytest.mark.parametrize(("body", "reason"), [(None, "it answers 503"), ("{}", "its answer has another form")])
def test_first_failure_is_told(other, body, reason):
    """Without a first answer there is no time to go by; a later attempt may succeed."""
    good, other.body = other.body, body
    now = travelling_clock(other.url)
    with pytest.raises(SetupError, match=reason):
        now()
    other.body = good
    assert abs(now() - MONDAY) < CLOSE


def test_nobody_there_is_told():
    """A clock that does not run is named with its variable."""
    with pytest.raises(SetupError, match=r"ALLIANCE_CLOCK_URL \(http://127.0.0.1:9/\) .*Connection refused"):
        travelling_clock("http://127.0.0.1:9/")()
