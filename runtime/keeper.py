"""Keeps one server running for as long as anybody uses it, then stops it cleanly.

Started as a script of its own by `runtime.share`, detached from the terminal, with the standard library only.
Everybody who uses the server holds a shared lock on the users file; the keeper waits for the exclusive lock,
which the kernel grants once the last user has ended, however it ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1
#: A server that lived shorter than this (seconds) did not start.
LIVED = 1.0
#: Pauses (seconds) before a server that ended by itself is started again; then the keeper gives up.
PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
#: Seconds a server may take to stop before it is asked more firmly.
PATIENCE = 60


def dying_with_parent(parent: int, number: int) -> Callable[[], None]:
    """Return what a child calls before exec so that the kernel signals it when its parent ends (Linux only).

    The kernel follows the thread that started the child: start it from one that lives as long as the parent.
    """

    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent ended before the kernel was told
            os._exit(1)

    return prepare


class Keeper:
    """One server and the locks that say whether it is still wanted."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.unwanted = threading.Event()
        self.turn = threading.Lock()  # a server is either being started again or being stopped
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server as a child that ends when this process does."""
        plan = self.plan
        identity: dict[str, Any] = {}
        if plan["uid"] is not None:
            identity = {"user": plan["uid"], "group": plan["gid"], "extra_groups": []}
        return subprocess.Popen(  # noqa: S603  # every word of it is ours
            plan["argv"],
            env=plan["env"],
            cwd="/",
            umask=0o077,
            # The one other thread waits in the kernel and holds no lock that the child could miss.
            preexec_fn=dying_with_parent(os.getpid(), plan["stop"]),  # noqa: PLW1509  # see above
            **identity,
        )

    def wait_for_last_user(self, users: int) -> None:
        """Wait for the exclusive lock, then ask the server to stop."""
        fcntl.flock(users, fcntl.LOCK_EX)
        with self.turn:
            self.unwanted.set()
            child = self.child
        if child is not None:
            self.stop(child, PATIENCE)

    def stop(self, child: subprocess.Popen[bytes], patience: float) -> None:
        """Ask the server to stop, after `patience` seconds more firmly, at last without asking."""
        for number in (self.plan["stop"], signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if child.returncode is not None:
                    return
                time.sleep(0.005)
            patience = 5

    def run(self) -> int:
        """Keep the server until it is unwanted; returns the exit code."""
        users = os.open(self.plan["users"], os.O_RDWR | os.O_CLOEXEC)
        self.child = self.start()
        threading.Thread(target=self.wait_for_last_user, args=(users,), daemon=True).start()
        pauses = list(PAUSES)
        proven = False
        while True:
            began = time.monotonic()
            code = self.child.wait()
            if self.unwanted.is_set():
                break
            lived = time.monotonic() - began
            if lived > LIVED:
                proven, pauses = True, list(PAUSES)
            if not proven or not pauses:
                return 1
            note = f"{self.plan['name']} ended by itself (code {code}); starting it again"
            print(note, flush=True)  # noqa: T201  # standard output is the server's log
            self.unwanted.wait(pauses.pop(0))
            with self.turn:
                if self.unwanted.is_set():
                    break
                self.child = self.start()
        for path in self.plan["remove"]:
            shutil.rmtree(path, ignore_errors=True)
        return 0


def main() -> int:
    """Detach from whoever started this process, then keep the server."""
    plan = json.loads(sys.argv[1])
    if os.fork():
        os._exit(0)
    return Keeper(plan).run()


if __name__ == "__main__":
    sys.exit(main())
