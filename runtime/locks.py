"""Locks on files: the kernel releases them whatever way their holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.errors import SetupError


def open_lock(path: Path) -> int:
    """Open a lock file, making it where needed, and return its descriptor (closed on exec).

    A file that root makes in somebody's folder is given to that somebody, who may come without root later.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise SetupError(
            f"{path} cannot be written ({error.strerror}): set ALLIANCE_DATA_DIR to a folder of yours."
        ) from None
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold a lock that others may hold too; waits while somebody holds it alone."""
    yield from _held(path, fcntl.LOCK_SH)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock that nobody else holds; waits until all others have let go."""
    yield from _held(path, fcntl.LOCK_EX)


def try_alone(path: Path) -> int | None:
    """Return the descriptor of a lock now held alone, or None when somebody else holds it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_free(path: Path) -> bool:
    """Tell whether nobody holds a lock at this moment."""
    held = try_alone(path)
    if held is None:
        return False
    os.close(held)
    return True


def _held(path: Path, how: int) -> Iterator[None]:
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        # Closing, not unlocking: a forked child that still uses the server keeps the lock with its own copy.
        os.close(descriptor)
