"""What a check of all rules costs, for portfolios of today's program and far beyond: `python -m benchmarks.rule_check`.

For each size it makes a portfolio with a ledger, on a PostgreSQL and a Valkey of its own, and prints a row of the table
in docs/performance.md. Portfolios that were made beforehand with `--fill-only` are measured without delay.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from dramatiq import Worker
from slack_sdk import WebClient
from sqlalchemy import Connection, Engine, Select, delete, event, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.fill import FIRST, TODAY, portfolio
from models.alliances import Alliance
from models.duties import Schedule
from operations.remind.check_rules import check_rules
from operations.remind.look_again import CHECK_NAME
from workers.actors import Tools, declare
from workers.broker import Jobs, connect
from workers.check import BATCH, waiting
from workers.deliver import Delivery
from workers.jobs import CHECKS
from workers.main import settle_memory
from workers.pool import pooled_engine
from workers.remind import spread_check

SIZES = (266, 2_660, 26_600, 100_000)
#: Alliances on which a check is compared with bare reading; more would tell nothing more.
COMPARED = 2_660
#: Seconds that a process gets to start.
PATIENCE = 120

_spawn = get_context("spawn")


class Row(NamedTuple):
    """One line of the table."""

    alliances: int
    rows: float
    limit_ms: float
    check_ms: float
    one_s: float
    two_s: float
    memory_mb: float
    looked_at: int
    night_one_s: float
    night_two_s: float


def main() -> None:
    """Print the table, one row a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ALLIANCES")
    parser.add_argument("--folder", type=Path, help="measure what was made there, each once; or make it")
    parser.add_argument("--fill-only", action="store_true", help="make the portfolios in the folder, measure nothing")
    options = parser.parse_args()
    if options.fill_only and options.folder is None:
        parser.error("--fill-only needs a --folder.")
    _quiet_logs()
    if options.fill_only:
        for size in options.sizes:
            began = time.perf_counter()
            with portfolio(size, options.folder, keep=True):
                print(f"{size:,} alliances after {time.perf_counter() - began:.0f} s", flush=True)  # noqa: T201
        return
    print(f"{_machine()}, batches of {BATCH}")  # noqa: T201 - it is what it is for
    print(  # noqa: T201
        "| alliances | rows read | bare reading | full check | ratio | one worker | two workers | gain"
        " | memory of a worker | looked at in a night | night, one worker | of a full check | night, two workers |\n"
        "|" + " ---: |" * 13
    )
    for size in options.sizes:
        row = measure(size, options.folder)
        print(  # noqa: T201
            f"| {row.alliances:,} | {row.rows:.0f} | {row.limit_ms:.2f} ms | {row.check_ms:.2f} ms"
            f" | {row.check_ms / row.limit_ms:.1f} | {row.one_s:.1f} s | {row.two_s:.1f} s"
            f" | {row.one_s / row.two_s:.2f} | {row.memory_mb:.0f} MB | {row.looked_at:,}"
            f" | {row.night_one_s:.2f} s | {100 * row.night_one_s / row.one_s:.1f} % | {row.night_two_s:.2f} s |",
            flush=True,
        )


def measure(size: int, folder: Path | None = None) -> Row:
    """Measure the checks of a portfolio: of the one in a folder, or of a new one."""
    with portfolio(size, folder) as (_, running, engine):
        sessions = sessionmaker(engine)
        rows, limit, check = _compare(engine, sessions, size)
        full, nights, looked_at, memory = [], [], 0, 0.0
        for workers in (1, 2):
            with _at_work(running.database_url, running.redis_url, workers) as pids:
                _forget_all(sessions)
                full.append(_run(sessions, running.redis_url, FIRST))
                memory = max(memory, *map(_peak_memory, pids))
        for workers in (1, 2):
            night = FIRST + timedelta(days=workers)
            _record_something(sessions, workers)
            with sessions() as session:
                looked_at = looked_at or len(waiting(session, now=night))
            with _at_work(running.database_url, running.redis_url, workers):
                nights.append(_run(sessions, running.redis_url, night))
    return Row(size, rows, limit, check, full[0], full[1], memory, looked_at, nights[0], nights[1])


def _compare(engine: Engine, sessions: sessionmaker[Session], size: int) -> tuple[float, float, float]:
    """Check some alliances, and read what the check reads: rows, and milliseconds of both, for an alliance."""
    with sessions() as session:
        every = max(1, size // COMPARED)
        ids = session.scalars(select(Alliance.id).where(Alliance.id % every == 0).order_by(Alliance.id)).all()
    rows, limit, check = 0, 0.0, 0.0
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    # As in a worker; and few are checked again and again, so that what comes now and then is in both.
    settle_memory()
    rounds = -(-COMPARED // len(ids))
    for batch in batches * rounds:
        with sessions.begin() as session, _recorded(engine) as queries:
            opened = sum(len(outcome.opened) for outcome in check_rules(session, now=FIRST, ids=batch))
        if opened:
            raise SystemExit(f"The ledger was not what a check finds: {opened} duties were missing.")
        began = time.perf_counter()
        with sessions.begin() as session:
            check_rules(session, now=FIRST, ids=batch)
        check += time.perf_counter() - began
        began = time.perf_counter()
        with engine.connect() as connection:
            rows += sum(len(connection.execute(*query).all()) for query in queries)
        limit += time.perf_counter() - began
    checked = len(ids) * rounds
    return rows / checked, 1000 * limit / checked, 1000 * check / checked


@contextmanager
def _recorded(engine: Engine) -> Iterator[list[tuple[Select[Any], dict[str, Any]]]]:
    """Record what is read meanwhile, each query once with its values, without those that only lock."""
    queries: dict[str, tuple[Select[Any], dict[str, Any]]] = {}
    found: list[tuple[Select[Any], dict[str, Any]]] = []

    def note(_connection: Connection, clause: object, _many: object, values: dict[str, Any], _: object) -> None:
        if isinstance(clause, Select) and clause._for_update_arg is None:  # noqa: SLF001 - there is no other way to ask
            queries[str(clause)] = clause, values

    event.listen(engine, "before_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_execute", note)
        found.extend(queries.values())


def _forget_all(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(update(Alliance).values(quiet=None))


def _record_something(sessions: sessionmaker[Session], night: int) -> None:
    """Record a meeting of each hundredth alliance on the day before a night."""
    with sessions.begin() as session:
        session.execute(
            text(
                "insert into meetings (alliance_id, on_day, held, format, recorded_at)"
                " select id, :day, true, 'both', :at from alliances where id % 100 = :night"
            ),
            {"day": TODAY + timedelta(days=night - 1), "at": FIRST, "night": night},
        )


def _run(sessions: sessionmaker[Session], redis_url: str, now: datetime) -> float:
    """Do the check of a night through the queue, as the clock does; return its seconds."""
    with sessions.begin() as session:
        session.execute(delete(Schedule).where(Schedule.name == CHECK_NAME))
    broker = connect(redis_url)
    broker.declare_queue(CHECKS)
    jobs = Jobs(broker)
    began = time.perf_counter()
    while not spread_check(sessions, jobs, now=lambda: now):
        time.sleep(0.02)
    took = time.perf_counter() - began
    broker.close()
    with sessions() as session:
        if failed := session.scalar(select(func.count()).where(Alliance.check_failure.is_not(None))):
            raise SystemExit(f"{failed} alliances could not be checked.")
    return took


@contextmanager
def _at_work(database_url: str, redis_url: str, workers: int) -> Iterator[list[int]]:
    """Have so many worker processes at work; yields their ids."""
    ready = [_spawn.Event() for _ in range(workers)]
    processes = [_spawn.Process(target=_work, args=(database_url, redis_url, each), daemon=True) for each in ready]
    for process in processes:
        process.start()
    if not all(each.wait(PATIENCE) for each in ready):
        raise SystemExit("A worker did not start.")
    try:
        yield [process.pid for process in processes if process.pid is not None]
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _work(database_url: str, redis_url: str, ready: Event) -> None:
    """Work on batches as `alliance worker` does, at the moment that the alliances' records tell of."""
    _quiet_logs()
    with pooled_engine(database_url, 4) as engine:
        sessions = sessionmaker(engine)
        with sessions() as session:
            changed = session.scalar(text("select max(on_day) from meetings"))
        now = FIRST + max(timedelta(), changed + timedelta(days=1) - TODAY)
        broker = connect(redis_url)
        delivery = Delivery(engine, sessions, WebClient("none"), lambda: now)
        declare(broker, Tools(delivery, Jobs(broker)))
        Worker(broker, queues={CHECKS}, worker_threads=1, worker_timeout=20).start()
        settle_memory()
        ready.set()
        while True:
            time.sleep(60)


def _peak_memory(pid: int) -> float:
    """Return the most memory that a process has held, in megabytes."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB RAM, Python {platform.python_version()}"


def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


if __name__ == "__main__":
    main()
