"""Programs that use the embedded servers, as processes of their own, and what runs on this machine."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from runtime import postgres

USER = """
import sys
from pathlib import Path
from runtime import postgres_programs
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings

folder, what, system = sys.argv[1:]
postgres_programs.SYSTEM_FOLDER = Path(system)
settings = Settings(alliance_data_dir=Path(folder), database_url=None, redis_url=None)
try:
    with servers(settings, database="d" in what, redis="r" in what) as up:
        print(up.database if "d" in what else up.redis, flush=True)
        sys.stdin.read()
except SetupError as error:
    sys.exit(str(error))
"""


class User:
    """A program that holds a share in the servers of a data folder until it is told to end."""

    def __init__(self, folder: Path, system: Path, what: str = "d", prefix: tuple[str, ...] = ()) -> None:
        self.line = ""
        self.process = subprocess.Popen(  # noqa: S603  # our own words
            [*prefix, sys.executable, "-W", "error", "-c", USER, str(folder), what, str(system)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> str:
        """Wait until the server is up."""
        if not self.line:
            self.line = self.process.stdout.readline().strip()
        if not self.line:
            raise AssertionError(self.process.stderr.read())
        return self.line

    def refusal(self) -> str:
        """Wait until the program has given up."""
        with self.process:
            return self.process.stderr.read().strip()

    def end(self, number: int | None = None) -> None:
        """End in an orderly way, or by a signal."""
        with self.process:
            if number is not None:
                self.process.send_signal(number)
            with suppress(BrokenPipeError):
                self.process.stdin.close()


def command_lines() -> dict[int, str]:
    """Every process of this machine with its command line."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return {number: line for number, line in found.items() if line}


def keepers(folder: Path) -> list[int]:
    """The keepers of a data folder."""
    return [number for number, line in command_lines().items() if "keeper.py" in line and str(folder) in line]


def servers_of(folder: Path) -> list[int]:
    """All processes of the PostgreSQL of a data folder."""
    return postgres._processes_in(postgres.data_folder(folder))


def postmaster(folder: Path) -> int:
    """The first process of the PostgreSQL of a data folder."""
    return int((postgres.data_folder(folder) / "postmaster.pid").read_text().splitlines()[0])


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError("it did not become so in time")
        time.sleep(0.02)


def ask(address: str, statement: str) -> list[tuple]:
    """Run a statement on a connection of its own."""
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []
