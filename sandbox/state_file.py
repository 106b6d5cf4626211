from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from sandbox.state import State

#: Seconds between a change and its being saved.
SAVE_AFTER = 0.2

Row = tuple[str, str, str | None]


class StateFileError(Exception):
    """Raised when the state file cannot be opened or is not one of ours."""


def load(path: Path, state: State) -> None:
    """Fill `state` from the file; a file that does not exist yet is an empty workspace.

    Raises:
        StateFileError: when the file cannot be read or written, or is something else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path)) as database:
            rows = database.execute("SELECT shelf, key, body FROM documents ORDER BY shelf, key").fetchall()
            for shelf, key, body in rows:
                if shelf in state.shelves:
                    state.shelves[shelf].restore(key, json.loads(body))
    except (OSError, sqlite3.Error, ValueError) as error:
        raise StateFileError(f"The state file {path} cannot be used: {error}.") from error


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    with database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (shelf TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (shelf, key)) WITHOUT ROWID"
        )
    return database


def take_changes(state: State) -> list[Row]:
    """Return what changed since the last call; a body of None means the document is gone."""
    rows: list[Row] = []
    for name, shelf in state.shelves.items():
        rows += [
            (name, key, json.dumps(shelf[key], separators=(",", ":")) if key in shelf else None)
            for key in sorted(shelf.changed)
        ]
        shelf.changed.clear()
    state.dirty.clear()
    return rows


def write(path: Path, rows: list[Row]) -> None:
    """Save the changes in one transaction."""
    kept = [row for row in rows if row[2] is not None]
    gone = [row[:2] for row in rows if row[2] is None]
    with closing(_connect(path)) as database, database:
        database.executemany("INSERT OR REPLACE INTO documents (shelf, key, body) VALUES (?, ?, ?)", kept)
        database.executemany("DELETE FROM documents WHERE shelf = ? AND key = ?", gone)


@asynccontextmanager
async def saving(path: Path | None, state: State) -> AsyncIterator[None]:
    """Save changes in the background, and once more at the end; without a path nothing is saved."""
    if path is None:
        yield
        return
    stopping = asyncio.Event()
    keeper = asyncio.create_task(_keep(path, state, stopping))
    try:
        yield
    finally:
        stopping.set()
        state.dirty.set()
        await keeper
        write(path, take_changes(state))


async def _keep(path: Path, state: State, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        await state.dirty.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(SAVE_AFTER):
                await stopping.wait()
        await asyncio.to_thread(write, path, take_changes(state))
