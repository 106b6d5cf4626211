"""Fill an empty database with a made-up portfolio and its ledger: alliances made one by one, and copies of them.

A copy differs from what it is copied from in its numbers: ids, names, and what follows from them.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from benchmarks.ledger import MESSAGES, NOTICES, OBLIGATIONS, messages, write_ledger
from benchmarks.portfolio import (
    AREA_OFFICES,
    OFFICES,
    ROOM,
    TABLES,
    Made,
    copy,
    filled,
    fit_sequences,
    offices,
    rows_of,
)
from models.migrate import upgrade
from policy.duties import DUTIES
from runtime.embedded import Servers, servers, wait_until_stopped
from runtime.settings import Settings
from workers.pool import pooled_engine

#: Just after midnight in New York, in the night to Monday: everything was checked then.
FIRST = datetime(2026, 11, 23, 5, 6, tzinfo=UTC)
TODAY = date(2026, 11, 23)
#: Alliances that are made one by one; a copy has the same offices because it is a multiple of their numbers.
BLOCK = 10 * 10 * AREA_OFFICES
#: Alliances that are made at once, and processes that make them.
CHUNK, MAKERS = 350, 2

_LEDGER = (OBLIGATIONS, NOTICES)
_RENUMBERED = filled("renumbered", "old new")
#: What a column holds in the copy that lies `by` alliances further; all others hold the same.
_MOVED = {
    "id": "id + {by} * {room}",
    "alliance_id": "alliance_id + {by}",
    "agreement_id": "agreement_id + {by} * {room}",
    "work_plan_id": "work_plan_id + {by} * {room}",
    "subject": "split_part(subject, ':', 1) || ':' || split_part(subject, ':', 2)::bigint"
    " + {by} * case when subject like 'alliance:%' then 1 else {room} end",
    "alliances.id": "id + {by}",
    "alliances.name": "'Alliance ' || id + {by}",
    "obligations.id": "new",
    "notices.id": "md5(id::text || {by})::uuid",
    "notices.obligation_id": "new",
}
#: How the alliance of a row is told; the rows of the ledger are those whose new ids are there.
_ALLIANCE = {"alliances": "id", "milestones": "id / {room}"}
_JOINED = {"obligations": "join renumbered on old = id", "notices": "join renumbered on old = obligation_id"}


@contextmanager
def portfolio(size: int, kept: Path | None, *, keep: bool = False) -> Iterator[tuple[Settings, Servers, Engine]]:
    """Have a portfolio with its servers: the one of that size in the folder where some are kept, or a new one.

    `keep` leaves it to be measured later; whoever measures it changes it, and nobody can have it a second time.
    """
    with ExitStack() as stack:
        if kept is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alliance-benchmark-")))
        else:
            folder = kept / str(size)
            folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # so that root can run PostgreSQL as somebody else in it
        whole = folder / "filled"
        if not whole.exists() and any(folder.iterdir()):
            raise SystemExit(f"{folder} was measured already, or never finished: remove it.")
        settings = Settings(alliance_data_dir=folder, database_url=None, redis_url=None)
        stack.callback(wait_until_stopped, settings)
        running = stack.enter_context(servers(settings))
        engine = stack.enter_context(pooled_engine(running.database_url, 4))
        if not whole.exists():
            upgrade(running.database_url)
            fill(engine, running.database_url, size)
            whole.touch()
        if not keep:
            whole.unlink()
        yield settings, running, engine


def fill(engine: Engine, url: str, size: int) -> None:
    """Make the offices, and so many alliances with their ledger."""
    with engine.begin() as connection:
        driver = _driver(connection)
        copy(driver, OFFICES, offices())
        copy(driver, MESSAGES, list(messages(offices(), TODAY)))
        # No index of the ledger is kept up meanwhile: those of so many ids without any order are quicker made at once.
        for made in _LEDGER:
            driver.execute(
                "update pg_index set indisready = false, indisvalid = false where indrelid = %s::regclass", [made.table]
            )
    block = min(BLOCK, size)
    chunks = [(url, range(start, min(start + CHUNK, block + 1))) for start in range(1, block + 1, CHUNK)]
    with get_context("spawn").Pool(MAKERS) as pool:
        pool.starmap(_make, chunks, chunksize=1)
        if size > block:
            with engine.begin() as connection:
                _keep_block(_driver(connection))
            pool.starmap(_copy_block, [(url, by, size) for by in range(BLOCK, size, BLOCK)], chunksize=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = _driver(connection)
        driver.execute("drop schema if exists block cascade")
        driver.execute("set maintenance_work_mem = '1GB'")
        for made in _LEDGER:
            driver.execute(sql.SQL("reindex table {}").format(sql.Identifier(made.table)))
        fit_sequences(driver)
        driver.execute("vacuum analyze")


def _make(url: str, numbers: Sequence[int]) -> None:
    """Make some alliances with their ledger."""
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        driver = _driver(session.connection())
        _quieten(driver)
        made = rows_of(numbers, TODAY)
        for table in TABLES:
            copy(driver, table, made[table.table])
        write_ledger(session, numbers, TODAY, FIRST)
    engine.dispose()


def _keep_block(driver: Connection[Any]) -> None:
    """Keep what was made aside, to copy from."""
    driver.execute("create schema block")
    for made in (*TABLES, *_LEDGER):
        name = sql.Identifier(made.table)
        driver.execute(sql.SQL("create unlogged table block.{} as table {}").format(name, name))


def _copy_block(url: str, by: int, size: int) -> None:
    """Copy the block `by` alliances further, up to the number of the last alliance that is wanted."""
    engine = create_engine(url)
    with engine.begin() as connection:
        driver = _driver(connection)
        _quieten(driver)
        driver.execute("create temporary table renumbered (old uuid, new uuid) on commit drop")
        subject = _sql(_MOVED["subject"], by=by, size=size)
        duties = driver.execute(
            sql.SQL("select id, rule, {}, period from block.obligations where alliance_id + {} <= {}").format(
                subject, sql.Literal(by), sql.Literal(size)
            )
        )
        # The ids that the product gives: see `policy.duties.Due.id`.
        new = [(id, uuid.uuid5(DUTIES, f"{rule}|{subject}|{period or ''}")) for id, rule, subject, period in duties]
        copy(driver, _RENUMBERED, new)
        driver.execute("analyze renumbered")
        for made in (*TABLES, *_LEDGER):
            driver.execute(_copying(made, by, size))
    engine.dispose()


def _copying(made: Made, by: int, size: int) -> sql.Composed:
    values = (_MOVED.get(f"{made.table}.{column}", _MOVED.get(column, column)) for column in made.columns)
    alliance = _ALLIANCE.get(made.table, "alliance_id")
    which = _JOINED.get(made.table, f"where {alliance} + {{by}} <= {{size}}")
    statement = (
        f"insert into {made.table} ({', '.join(made.columns)}) overriding system value select {', '.join(values)}"
    )
    return _sql(f"{statement} from block.{made.table} {which}", by=by, size=size)


def _sql(words: str, *, by: int, size: int) -> sql.Composed:
    return sql.SQL(words).format(by=sql.Literal(by), size=sql.Literal(size), room=sql.Literal(ROOM))


def _quieten(driver: Connection[Any]) -> None:
    """Let no trigger run: nobody was ever told that these are quiet, and what they name is there."""
    driver.execute("set local session_replication_role = replica")


def _driver(connection: Any) -> Connection[Any]:
    return connection.connection.driver_connection  # type: ignore[no-any-return]
