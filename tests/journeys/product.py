"""The product as a person starts it: `alliance up` in a folder of its own, read from its screen and its logs."""

from __future__ import annotations

import fcntl
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
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

START_SECONDS = 90
STOP_SECONDS = 40
ASK_SECONDS = 10
TAIL_LINES = 15
#: The last line of the greeting; what follows it on the screen is worth a person's attention.
GREETING_ENDS = "Stop      Ctrl-C"
#: What would lead the product to somebody else's servers.
FOREIGN = ("SLACK_", "ALLIANCE_", "DATABASE_URL", "REDIS_URL")


#: What tells a digest's words from a reminder's.
DIGESTS = (": the week from ", ": the program as of ", ": your digest of ")


class Product:
    """A running `alliance up`; start it again after `stop` and it finds its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.start()

    def start(self) -> None:
        """Start it and wait until it says where the page is."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        with _one_at_a_time():
            self.said = []
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "up"],
                env=environment | {"ALLIANCE_DATA_DIR": str(self.folder)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            self.reading = threading.Thread(target=self._read)
            self.reading.start()
            try:
                self.address = self._announced()
            except BaseException:
                self.process.kill()
                raise

    def _read(self) -> None:
        if self.process.stdout is not None:
            with self.process.stdout as lines:
                self.said.extend(map(str.rstrip, lines))

    def _announced(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(r"Open +(http://\S+)", "\n".join(self.said))):
            self.must_run()
            assert time.monotonic() < deadline, f"not ready after {START_SECONDS} s\n{self.tails()}"
            time.sleep(0.05)
        return found[1]

    def must_run(self) -> None:
        """Fail, with the ends of all logs, when it has ended or one of its programs has."""
        assert self.process.poll() is None, f"`alliance up` ended with {self.process.returncode}\n{self.tails()}"
        assert not self.alarms(), self.tails()

    def alarms(self) -> list[str]:
        """Return what it said after its greeting: warnings, errors, programs that ended."""
        said = list(self.said)
        greeted = next((number for number, line in enumerate(said) if GREETING_ENDS in line), len(said))
        return [line for line in said[greeted + 1 :] if line and line != "Stopping ..."]

    def tails(self) -> str:
        """Return the last lines of its screen and of every log."""
        parts = ["--- screen", *self.said[-TAIL_LINES:]]
        for log in sorted((self.folder / "logs").glob("*.log")):
            parts += [f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-TAIL_LINES:]]
        return "\n".join(parts)

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.reading.join(STOP_SECONDS)
        return code

    def run(self, *words: str) -> str:
        """Run `alliance WORDS` beside it, as an operator does; return what it prints. It must succeed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "cli.main", *words],
            env=environment | {"ALLIANCE_DATA_DIR": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, *programs: str) -> None:
        """Kill some of its programs, as if the machine did; they are started again by themselves."""
        for pid in self.pids(*programs):
            os.kill(pid, signal.SIGKILL)

    def pids(self, *programs: str) -> list[int]:
        """Return the process ids of some of its programs."""
        begins = tuple(f"{sys.executable} -m cli.main {name} " for name in programs)
        return [pid for pid, command in self._found() if command.startswith(begins)]

    def processes(self) -> list[str]:
        """Return the command lines of all processes whose environment or command line names the folder."""
        return [command for _, command in self._found()]

    def _found(self) -> list[tuple[int, str]]:
        needle = str(self.folder).encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
            except OSError:
                continue  # it ended meanwhile
            if needle in command or needle in environment:
                found.append((int(process.name), command.replace(b"\0", b" ").decode(errors="replace")))
        return found

    def ask(self, path: str) -> Any:
        """Return the JSON that the local Slack's control side answers."""
        with urlopen(self.address + path, timeout=ASK_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def reminders(self) -> list[dict[str, Any]]:
        """Return the reminders that were posted since the start, in order; digests are left out."""
        return [
            entry
            for entry in self.ask("/control/record")
            if entry["kind"] == "post"
            and (entry["metadata"] or {}).get("event_type") == "alliance_notice"
            and not any(digest in entry["text"] for digest in DIGESTS)
        ]

    def posted_to(self, channel: str) -> bool:
        """Whether a reminder was posted to a channel since the start."""
        return any(entry["channel"] == channel for entry in self.reminders())


@contextmanager
def running_product() -> Iterator[Product]:
    """Run the product in an empty folder; it must not have complained, and it is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="alliance-journey-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # root's PostgreSQL runs as somebody else
        product = Product(folder / "var")
        try:
            yield product
        finally:
            if product.process.poll() is None:
                product.stop()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let products of parallel test runs start one after the other: each takes the first free port."""
    with (Path(tempfile.gettempdir()) / "alliance-journeys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
