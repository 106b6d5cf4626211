"""Wait without waking up for nothing: until a child ends, a signal asks us to stop, or a time has passed."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Waits so many seconds (None: for ever) and returns whether we were asked to stop, now or earlier.
Wait = Callable[[float | None], bool]


@contextmanager
def woken_by_signals() -> Iterator[Wait]:
    """Yield a function that waits until a child ends, or SIGINT, SIGTERM or SIGHUP asks us to stop."""
    asked = False
    read, write = os.pipe()
    os.set_blocking(write, False)
    os.set_blocking(read, False)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    woken = signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    def wait(seconds: float | None) -> bool:
        nonlocal asked
        if not asked and select.select([read], [], [], seconds)[0]:
            asked = any(number != signal.SIGCHLD for number in os.read(read, 4096))
        return asked

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read)
        os.close(write)
