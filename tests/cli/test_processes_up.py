"""`alliance up` as a person uses it: one command to a running program, one Ctrl-C to none."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

COMMAND = [sys.executable, "-m", "cli.main"]


class Up:
    """A running `alliance up`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "ALLIANCE_"))
        } | {"ALLIANCE_DATA_DIR": str(folder), "HTTPS_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            self.environment.pop(name, None)
        self.said = ""
        self.began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own command
            [*COMMAND, "up"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reading = threading.Thread(target=self.read)
        self.reading.start()

    def read(self) -> None:
        """Take down what it says."""
        with self.process.stdout:
            for line in self.process.stdout:
                self.said += line

    def address(self, seconds: float = 90) -> str:
        """Wait until it says where the page is."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(r"Open +(http://\S+)", self.said)):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return found[1]

    def ask(self, path: str, **body: Any) -> Any:
        """Ask the local Slack."""
        request = Request(  # noqa: S310  # on this machine
            self.address() + path,
            json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310  # on this machine
            return json.load(answer)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside it."""
        return subprocess.run(  # noqa: S603  # our own command
            [*COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def stop(self) -> int:
        """Press Ctrl-C and wait."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(40)
        self.reading.join(5)
        return code


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL, which runs as somebody else, may enter; no other folder is changed."""
    with tempfile.TemporaryDirectory(prefix="alliance-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """A ready `alliance up` in an empty folder, which no test stops."""
    with open_folder() as folder, running(folder / "var") as ready:
        yield ready


@contextmanager
def running(folder: Path) -> Iterator[Up]:
    """An `alliance up` whose page can be opened; stopped at the end unless it was before."""
    started = Up(folder)
    try:
        started.address()
        yield started
    finally:
        if started.process.poll() is None:
            assert started.stop() == 0


def posts(up: Up) -> list[dict[str, Any]]:
    """Return the reminders that were posted."""
    return [
        entry
        for entry in up.ask("/control/record")
        if entry["kind"] == "post" and (entry["metadata"] or {}).get("event_type") == "alliance_notice"
    ]


def wait_for(what: Any, seconds: float) -> Any:
    """Return the first true answer, or fail."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def settled(up: Up) -> list[dict[str, Any]]:
    """Return the reminders once no more come."""
    known: list[dict[str, Any]] = []
    wait_for(lambda: posts(up), 20)
    while len(found := posts(up)) > len(known):
        known = found
        time.sleep(5)
    return known


def is_digest(post):
    """Whether a post sums up, by its first line."""
    first = post["text"].partition("\n")[0]
    return any(words in first for words in (": the week from", ": the program as of", "your digest of"))


def test_up_starts_and_shows_the_mornings_reminders(up):
    """From nothing to a page with today's reminders: nothing alarming is said on the way."""
    assert up.ask("/control/status")["connections"] >= 1
    assert up.ask("/control/clock")["now"].startswith("2026-11-23T14:0")
    first = settled(up)
    said = [(post["channel"], is_digest(post)) for post in first]
    assert said
    assert len(said) == len(set(said)), "one reminder and one digest for each office"
    assert "[warning" not in up.said, up.said
    assert "[error" not in up.said, up.said
    calendars = re.search(r"Calendars +(http://\S+/),", up.said)[1]
    with urlopen(f"{calendars}healthz", timeout=10) as answer:  # noqa: S310  # on this machine
        assert answer.read() == b"ok\n"


def test_doctor_finds_nothing_wrong(up):
    """Beside a running program the doctor finds everything in order."""
    found = up.run("doctor")
    assert "WRONG" not in found.stdout, found.stdout
    assert (found.returncode, found.stderr) == (0, "")


def test_second_up_learns_where_the_first_is(up):
    """A second start in the same folder names the address and does nothing."""
    second = up.run("up")
    assert second.returncode == 1
    assert up.address() in second.stderr
    assert second.stderr.count("\n") == 1


def test_month_later_the_next_reminders_come_once(up):
    """After a jump of a month each channel gets at most one reminder and digest, and each of its threads one reply."""
    before = settled(up)
    up.ask("/control/clock", by_days=30)
    wait_for(lambda: len(posts(up)) > len(before), 20)
    later = settled(up)[len(before) :]
    said = [(post["channel"], post["thread_ts"], is_digest(post) and post["text"][:30]) for post in later]
    assert len(said) == len(set(said))
    ids = [post["metadata"]["event_payload"]["notice_id"] for post in [*before, *later]]
    assert len(ids) == len(set(ids))


def test_killed_program_is_started_again(up):
    """A worker that is killed comes back by itself."""
    worker = next(number for number in children(up) if "cli.main worker" in command_line(number))
    os.kill(worker, signal.SIGKILL)
    wait_for(
        lambda: any("cli.main worker" in command_line(n) for n in children(up) if n != worker),
        30,
    )
    assert "worker ended by itself" in up.said


def test_ctrl_c_leaves_nothing_behind_and_the_next_start_finds_everything():
    """Ctrl-C stops everything with exit code 0; the next start shows the same time and posts no reminder again."""
    with open_folder() as folder:
        with running(folder / "var") as first:
            settled(first)
            first.ask("/control/clock", by_days=30)
            settled(first)
            began = time.monotonic()
            assert first.stop() == 0
            assert time.monotonic() - began < 30
            assert first.said.endswith("Stopped.\n")
            wait_for(lambda: not mentioning(str(first.folder)), 30)
        with running(folder / "var") as again:
            assert again.address() == first.address()
            assert again.ask("/control/clock")["now"].startswith("2026-12-23")
            time.sleep(6)
            assert posts(again) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_is_heard_while_the_records_are_prepared(number):
    """Who asks it to stop before it is ready waits a few seconds, and nothing is left behind."""
    with open_folder() as place:
        early = Up(place / "var")
        wait_for((early.folder / "postgres").exists, 30)
        began = time.monotonic()
        early.process.send_signal(number)
        assert early.process.wait(30) == 0, early.said
        early.reading.join(5)
        assert time.monotonic() - began < 10
        assert "Open" not in early.said
        assert early.said.endswith("Stopped.\n")
    wait_for(lambda: not mentioning(str(early.folder)), 30)


def children(up: Up) -> list[int]:
    """Return the processes that `up` started."""
    path = Path(f"/proc/{up.process.pid}/task")
    return [int(n) for task in path.iterdir() for n in (task / "children").read_text().split()]


def command_line(number: int) -> str:
    """Return how a process was called; nothing when it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def mentioning(folder: str) -> list[int]:
    """Return the processes that were started with a data folder."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and folder.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found
