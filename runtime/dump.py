"""A database as a file and back, by PostgreSQL's own programs: those of the embedded server, or those installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from runtime import postgres_programs
from runtime.errors import SetupError
from runtime.identity import Identity

#: What a program says that is older than the server.
_TOO_OLD = "server version mismatch"


def dump(database_url: str, file: Path, *, snapshot: str) -> None:
    """Write a database to a file, compressed, as one snapshot of it that is still held shows it.

    Raises:
        SetupError: The program is not there, is older than the server, or fails.
    """
    _run("pg_dump", database_url, ["--format=custom", f"--snapshot={snapshot}", f"--file={file}"])


def load(database_url: str, file: Path) -> None:
    """Write what a file holds into a database without tables: all of it or nothing.

    Raises:
        SetupError: The program is not there, or fails.
    """
    _run("pg_restore", database_url, ["--single-transaction", "--exit-on-error", str(file)])


def _run(name: str, database_url: str, options: Sequence[str]) -> None:
    url = make_url(database_url).set(drivername="postgresql")
    environment = dict(os.environ)
    if url.password is not None:
        # Not among the arguments, which every user of the machine can read.
        environment["PGPASSWORD"] = url.password
        url = url.set(password=None)
    address = url.render_as_string(hide_password=False)
    said = f"{name} is not installed: install PostgreSQL's client programs, or alliance-bot[embedded]."
    for program in _programs(name):
        argv = [program, f"--dbname={address}", "--no-owner", "--no-privileges", "--no-password", *options]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode == 0:
            return
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        said = f"{name} failed: {next((line for line in lines if 'error' in line), lines[-1])}"
        if _TOO_OLD not in done.stderr:
            break
    raise SetupError(said)


def _programs(name: str) -> list[str]:
    """Return where a program is: in the wheel, and as somebody installed it."""
    found = []
    with suppress(SetupError):
        found.append(str(postgres_programs.programs(Identity(os.geteuid(), os.getegid())) / name))
    installed = shutil.which(name)
    return [*found, *([installed] if installed else [])]
