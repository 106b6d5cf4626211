"""One running program for each data folder; a second one learns where the first is."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime import locks
from runtime.errors import SetupError

#: Seconds to wait for the children of a program that was killed.
PATIENCE = 15.0


class AlreadyRunningError(SetupError):
    """Raised when the program runs already; `address` is where, once it has told."""

    def __init__(self, folder: Path, address: str | None) -> None:
        self.address = address
        place = f"runs already at {address}" if address else "is already being started"
        super().__init__(
            f"Alliance Bot {place} (data folder {folder}): use that one, or stop it with Ctrl-C where it runs."
        )


@dataclass(frozen=True)
class Instance:
    """The one running program; children that are handed `descriptor` belong to it until they have ended."""

    descriptor: int

    def announce(self, address: str) -> None:
        """Tell whoever comes second where this program is reached."""
        _write(self.descriptor, {"process": os.getpid(), "address": address})


@contextmanager
def single_instance(folder: Path) -> Iterator[Instance]:
    """Be the only one while the block runs; what a killed predecessor left is waited for.

    Raises:
        AlreadyRunningError: somebody else is the one.
    """
    path = folder / "up.lock"
    deadline = time.monotonic() + PATIENCE
    while (descriptor := locks.try_alone(path)) is None:
        noted = _read(path)
        if _lives(noted.get("process")) or time.monotonic() > deadline:
            raise AlreadyRunningError(folder, noted.get("address"))
        time.sleep(0.1)
    try:
        _write(descriptor, {"process": os.getpid(), "address": None})
        yield Instance(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, note: dict[str, int | str | None]) -> None:
    text = json.dumps(note).encode()
    os.pwrite(descriptor, text, 0)
    os.ftruncate(descriptor, len(text))


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except ValueError:  # being written at this moment
        return {}


def _lives(process: int | None) -> bool:
    """Tell whether a process lives; unknown counts as living."""
    if process is None:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
