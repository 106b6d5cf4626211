"""Run several programs as one: quiet on the screen, everything in the log files, nothing left behind."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType
from typing import Never

from runtime.keeper import dying_with_parent
from runtime.wakeup import Wait, woken_by_signals

#: Seconds a program may take to end by itself before it is killed.
PATIENCE = 10.0
#: Seconds a program may take until it says it is ready.
START_TIMEOUT = 60.0
#: Pauses (seconds) before a program that ended by itself is started again; the last one is repeated.
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
#: A program that ran this long (seconds) begins with the shortest pause again.
STEADY = 60.0
#: A log file's size (bytes) at which it is put aside; one older file is kept.
LOG_LIMIT = 10_000_000
#: Lines that are worth a person's attention.
ALARMING = re.compile(
    r"\[(warning|error|critical)\s*\]|\"level\": ?\"(warning|error|critical)\"|^[\w.]*(Error|Exception)\b"
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Child:
    """A program: `ready` tells whether the next one may start; `env` is laid over our environment.

    `ready` may take its time: who is asked to stop meanwhile leaves it with KeyboardInterrupt.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


def tell(line: str) -> None:
    """Say a line to the person at the terminal, if there still is one."""
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def supervise(
    children: Sequence[Child],
    *,
    logs: Path,
    ready: Callable[[], None] = lambda: None,
    keep_open: Sequence[int] = (),
    say: Say = tell,
) -> int:
    """Start the programs in order, call `ready`, and keep them running until SIGINT, SIGTERM or SIGHUP.

    Each writes to `logs`/NAME.log; only its warnings and errors are said. One that ends by itself is started
    again after a growing pause. They are stopped in reverse order. `keep_open` are descriptors they inherit.
    Call it from the main thread. Returns the exit code: 0 when stopped as asked, 1 when a program did not
    become ready.
    """
    logs.mkdir(parents=True, exist_ok=True)
    runs: list[_Run] = []
    with woken_by_signals() as wait:
        try:
            for child in children:
                runs.append(_Run(child, logs / f"{child.name}.log", tuple(keep_open), say))
                outcome = runs[-1].until_ready(wait)
                if outcome is not None:
                    return outcome
            ready()
            asked = False
            while not asked:
                pauses = [pause for run in runs if (pause := run.look_after()) is not None]
                asked = wait(min(pauses, default=None))
        finally:
            if any(run.process.poll() is None for run in runs):
                say("Stopping ...")
            for run in reversed(runs):
                run.stop()
    return 0


class _Run:
    """A program as it runs, or waits to be started again."""

    def __init__(self, child: Child, path: Path, keep_open: tuple[int, ...], say: Say) -> None:
        self.child = child
        self.path = path
        self.keep_open = keep_open
        self.say = say
        self.log = RotatingFileHandler(path, maxBytes=LOG_LIMIT, backupCount=1, encoding="utf-8")
        self.failures = 0
        self.again_at: float | None = None
        self.last_line = "it said nothing"
        self.start()

    def start(self) -> None:
        """Start the program in a session of its own and copy what it says to its log."""
        self.began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own commands
            list(self.child.argv),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            pass_fds=self.keep_open,
            # Our other threads copy lines and hold no lock that the child could miss.
            preexec_fn=dying_with_parent(os.getpid(), signal.SIGTERM),  # noqa: PLW1509  # see above
        )
        self.copying = threading.Thread(target=self.copy_lines, args=(self.process,), daemon=True)
        self.copying.start()

    def copy_lines(self, process: subprocess.Popen[str]) -> None:
        """Write each line to the log, and say those that a person should see."""
        if process.stdout is None:
            return
        with process.stdout:
            for line in map(str.rstrip, process.stdout):
                self.log.emit(logging.makeLogRecord({"msg": line}))
                self.last_line = line.strip() or self.last_line
                if ALARMING.search(line):
                    self.say(f"{self.child.name}: {line.strip()}")

    def until_ready(self, wait: Wait) -> int | None:
        """Wait for the program; returns None when it is ready, else the exit code to leave with."""
        deadline = time.monotonic() + START_TIMEOUT
        while not self.is_ready(wait):
            if wait(0.05):
                return 0
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.copying.join(1)
                self.say(f"{self.child.name} did not start: {self.last_line} (log: {self.path})")
                return 1
        return None

    def is_ready(self, wait: Wait) -> bool:
        """Ask whether the program is ready; not once we are asked to stop, be it in the middle of asking."""
        if self.child.ready is None:
            return True
        try:
            with _interruptible():
                return not wait(0) and self.child.ready()
        except KeyboardInterrupt:
            return False  # what woke us is still to be read: the next wait returns at once

    def look_after(self) -> float | None:
        """Start the program again when it is time; returns the seconds until it is, None while it runs."""
        if self.again_at is None:
            code = self.process.poll()
            if code is None:
                return None
            self.sweep()
            steady = time.monotonic() - self.began > STEADY
            self.failures = 1 if steady else self.failures + 1
            pause = PAUSES[min(self.failures, len(PAUSES)) - 1]
            self.again_at = time.monotonic() + pause
            how = f"signal {-code}" if code < 0 else f"code {code}"
            self.say(
                f"{self.child.name} ended by itself ({how}) and is started again in {pause:.0f} s;"
                f" its last words: {self.last_line} (log: {self.path})"
            )
        if time.monotonic() < self.again_at:
            return self.again_at - time.monotonic()
        self.again_at = None
        self.start()
        return None

    def stop(self) -> None:
        """Ask the program to end, kill it when it does not, and close its log."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.say(f"{self.child.name} did not stop within {PATIENCE:.0f} s and is killed.")
                self.process.kill()
                self.process.wait()
        self.sweep()
        self.copying.join(1)
        self.log.close()

    def sweep(self) -> None:
        """End what the program has started and left; they are all in its session."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the first signal that asks us to stop interrupt the block; those after it leave its clean-up alone."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> Never:
        for number in numbers:
            signal.signal(number, lambda *_: None)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
