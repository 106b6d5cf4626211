"""Share one server between all commands of a data folder: the first starts it, the last ends it."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from runtime import keeper, locks
from runtime.errors import SetupError

#: Seconds a server may take until it answers; recovery after a power cut is the slow case.
START_TIMEOUT = 60
#: A server's log is begun anew once it is larger than this (bytes).
LOG_LIMIT = 5_000_000


@dataclass(frozen=True)
class Plan:
    """How a keeper runs a server.

    `stop` is the signal that ends it cleanly, `remove` the folders that are deleted after that; `uid` and
    `gid` say whom it runs as when that is not the keeper's own user.
    """

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    stop: int
    socket: str
    uid: int | None = None
    gid: int | None = None
    remove: tuple[str, ...] = ()


@contextmanager
def shared_server(name: str, folder: Path, plan: Callable[[], Plan], ready: Callable[[str], bool]) -> Iterator[str]:
    """Hold a share in the server `name` of a data folder; yields the path of its socket.

    `plan` prepares what the server needs and is called only when it does not run; `ready` tells whether the
    server behind a socket takes work. Waits while an earlier server is still shutting down.

    Raises:
        SetupError: the server cannot be started, or does not answer in time.
    """
    with locks.shared(folder / f"{name}.users"):
        with locks.alone(folder / f"{name}.start"):
            path = _running(name, folder) or _start(name, folder, plan(), ready)
        yield path


def wait_until_stopped(name: str, folder: Path) -> None:
    """Return once nobody uses the server and it has shut down; nothing happens when there was none."""
    users = folder / f"{name}.users"
    while users.exists():
        with locks.alone(users):  # the keeper may still be waiting for the same lock
            if locks.is_free(folder / f"{name}.keeper"):
                return
        time.sleep(0.005)


def _running(name: str, folder: Path) -> str | None:
    """Return the socket of the server that a keeper holds, or None when there is no keeper."""
    path = folder / f"{name}.keeper"
    if locks.is_free(path):
        return None
    address = path.read_text().strip()
    deadline = time.monotonic() + START_TIMEOUT
    while not _listens(address):  # its keeper is starting it again
        if locks.is_free(path):
            return None
        if time.monotonic() > deadline:
            raise SetupError(
                f"{name} runs but does not answer: stop all programs that use {folder} and start again"
                f" (its log: {_log(name, folder)})."
            )
        time.sleep(0.05)
    return address


def _listens(path: str) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as client:
        return client.connect_ex(path) == 0


def _start(name: str, folder: Path, plan: Plan, ready: Callable[[str], bool]) -> str:
    """Start a keeper and wait until its server is ready; the keeper's lock is handed over to it."""
    lock = locks.try_alone(folder / f"{name}.keeper")
    if lock is None:
        raise SetupError(f"{name} is being started by another program that takes no turns: try again.")
    alive, end = os.pipe()
    try:
        os.truncate(lock, 0)
        os.write(lock, plan.socket.encode())
        order = asdict(plan) | {"users": str(folder / f"{name}.users")}
        with _open_log(name, folder) as log:
            subprocess.run(  # noqa: S603  # our own script
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                check=True,
                start_new_session=True,
                pass_fds=(lock, end),
            )
        os.close(end)
        end = -1
        deadline = time.monotonic() + START_TIMEOUT
        while not ready(plan.socket):
            ended = bool(select.select([alive], [], [], 0.005)[0])  # nothing is ever written: readable means closed
            if ended or time.monotonic() > deadline:
                raise SetupError(
                    f"{name} did not start: {_last_words(name, folder)} (all of it in {_log(name, folder)})"
                )
    finally:
        for descriptor in (lock, alive, end):
            if descriptor >= 0:
                os.close(descriptor)
    return plan.socket


def _log(name: str, folder: Path) -> Path:
    return folder / "logs" / f"{name}.log"


def _open_log(name: str, folder: Path) -> IO[bytes]:
    path = _log(name, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    large = path.exists() and path.stat().st_size > LOG_LIMIT
    return path.open("wb" if large else "ab")


def _last_words(name: str, folder: Path) -> str:
    lines = _log(name, folder).read_text(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines
    return telling[-1].strip() if telling else "it said nothing"
