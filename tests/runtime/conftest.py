"""A data folder for a test, and programs that use its servers."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime import postgres
from tests.runtime.processes import User, eventually, keepers, servers_of


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder in a place that everybody can enter; no server of it outlives the test."""
    with tempfile.TemporaryDirectory(prefix="alliance-test-") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path / "var"
        for process in keepers(path):
            os.kill(process, signal.SIGKILL)
        eventually(lambda: not servers_of(path / "var"))
        for sockets in Path("/tmp").glob(f"alliance-*-{postgres._name(path / 'var')}-?"):  # noqa: S108  # ours
            shutil.rmtree(sockets)


@pytest.fixture
def system(folder) -> Path:
    """Stands for the folder of the system in which root keeps what others must reach."""
    return folder.with_name("system")


@pytest.fixture
def start(folder, system) -> Iterator[Callable[..., User]]:
    """Start programs that use the servers of the data folder; all are ended after the test."""
    started: list[User] = []

    def begin(where: Path = folder, what: str = "d", prefix: tuple[str, ...] = ()) -> User:
        started.append(User(where, system, what, prefix))
        return started[-1]

    yield begin
    for user in started:
        if user.process.returncode is None:
            user.end()
