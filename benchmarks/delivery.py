"""What the delivery costs beside what cannot be avoided, how near pacing comes to Slack's limits, an idle sweep.

    python -m benchmarks.delivery [--messages 1600] [--rounds 3] [--posts-per-minute 300] [--skip-paced]

Real PostgreSQL, Valkey, local Slack and worker processes in a folder that is removed afterwards. The floor is an
actor on the same queue, with as many threads, that posts the same words once and commits one row.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import dramatiq
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import reminder_message
from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.duties import Message, Notice, Obligation
from models.migrate import upgrade
from models.offices import Office
from operations.read.message import show_message
from operations.remind.check_rules import check_rules
from policy.editions import edition_on
from runtime import logs
from runtime.embedded import servers, wait_until_stopped
from runtime.settings import Settings, load_settings
from runtime.wakeup import woken_by_signals
from sandbox.main import serve
from workers.broker import Jobs, connect
from workers.clock import Clock
from workers.jobs import DELIVERY, deliver_job
from workers.main import POLL, STOP_WITHIN, THREADS, run_worker
from workers.pacer import CHANNEL_SECONDS, MINUTE
from workers.pool import pooled_engine
from workers.slack import bot_client

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SIGNED = date(2025, 11, 25)
CHANNELS, DUTIES = 100, 3
PACED_MESSAGES, PACED_WORKERS = 2_000, 2
#: Of a run this part is warm-up: connections, imports, caches, statements that the database prepares when it has seen
#: them five times. It takes some batches of each thread.
WARM_UP = 0.3
#: Messages of earlier days among which an idle sweep looks, and how often it does.
HISTORY, SWEEPS, SWEEP_EVERY = 100_000, 200, 3.0
#: Seconds between two counts of what is done: each reads a table, beside what is measured.
LOOK_EVERY = 0.1
FLOOR = "floor.post"


@dataclass(frozen=True)
class Bench:
    """What every part works with."""

    settings: Settings
    engine: Engine
    jobs: Jobs
    slack: str

    def counted(self, statement: str) -> int:
        """Return what a statement counts."""
        with self.engine.connect() as connection:
            return int(connection.scalar(text(statement)) or 0)


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--posts-per-minute", type=int, default=300)
    parser.add_argument("--skip-paced", action="store_true")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        settings = load_settings()
        logs.configure(settings)
        PARTS[options.part](settings)
        return
    logs.configure(load_settings().model_copy(update={"log_level": "ERROR"}))
    with prepared(options.posts_per_minute) as bench:
        print_row("What", "Measured", "Asked")
        print_row("---", "---", "---")
        compare(bench, options.messages, options.rounds)
        if not options.skip_paced:
            drain(bench)
        sweep(bench)
    sys.stdout.write(f"\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}\n")


def compare(bench: Bench, messages: int, rounds: int) -> None:
    """Deliver, and do the unavoidable, in turns; the machine may be busy with other things, too."""
    rates: dict[str, list[float]] = {"floor": [], "unpaced": []}
    for _ in range(rounds):
        words = make_messages(bench, messages)
        jobs = [floor_job(f"C{number % CHANNELS:03}", words) for number in range(messages)]
        rates["floor"].append(run(bench, "floor", jobs, "select count(*) from floor"))
        rates["unpaced"].append(run(bench, "unpaced", waiting_jobs(bench), SENT))
    floor, full = (statistics.median(rates[name]) for name in ("floor", "unpaced"))
    print_row("Floor: post and commit one row", f"{floor:.0f} messages a second", "")
    print_row("Delivered, not paced", f"{full:.0f} messages a second", "")
    print_row("Ratio", f"{full / floor:.2f}", "at least 0.6")


SENT = "select count(*) from messages where status = 'sent'"


def run(bench: Bench, part: str, jobs: Iterable[dramatiq.Message[None]], count: str) -> float:
    """Queue jobs and let one worker process do them, the last included; return how many a second, after the warm-up."""
    wanted = list(jobs)
    before = bench.counted(count)
    bench.jobs.send(*wanted)
    with program(part, bench):
        began = reached(lambda: bench.counted(count) - before, int(len(wanted) * WARM_UP))
        reached(lambda: bench.counted(count) - before, len(wanted))
        # What was sent with another has a job of its own, which is to be done, too.
        ended, _ = reached(lambda: -bench.jobs.depth([DELIVERY]), 0)
    return (len(wanted) - began[1]) / (ended - began[0])


def drain(bench: Bench) -> None:
    """Let two workers deliver many messages at Slack's limits."""
    make_messages(bench, PACED_MESSAGES)
    before, cap = bench.counted(SENT), bench.settings.slack_posts_per_minute
    with program("paced", bench), program("paced", bench):
        time.sleep(SWEEP_EVERY)
        began = time.monotonic()
        bench.jobs.send(*waiting_jobs(bench))
        # As where it runs: a job whose message is held at that moment is not tried again, the clock asks anew.
        with swept(bench):
            ended, _ = reached(lambda: bench.counted(SENT) - before, PACED_MESSAGES)
    limit = max(PACED_MESSAGES / cap * MINUTE, PACED_MESSAGES / CHANNELS * CHANNEL_SECONDS)
    took = ended - began
    print_row(f"{PACED_MESSAGES} messages, {CHANNELS} channels, {cap} a minute", f"{took:.0f} s of {limit:.0f} s", "")
    print_row("Ratio", f"{took / limit:.2f}", "at most 1.1")


@contextmanager
def swept(bench: Bench) -> Iterator[None]:
    """Let a clock ask for what waits and is not queued, as often as it does."""
    clock, stop = Clock(bench.engine, bench.jobs, lambda: NOW), threading.Event()

    def work() -> None:
        while not stop.wait(SWEEP_EVERY):
            clock.sweep()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def sweep(bench: Bench) -> None:
    """Look for what waits when nothing does, among the messages of years."""
    with Session(bench.engine) as session, session.begin():
        session.execute(
            text(
                "insert into messages (id, kind, office_id, day, channel, ts,"
                " status, version, shown_version, created_at)"
                " select gen_random_uuid(), 'reminder', offices.id, date '2000-01-01' + day, channel, '1.0', 'sent',"
                " 1, 1, now() from offices, generate_series(1, :days) as day"
            ),
            {"days": HISTORY // CHANNELS},
        )
    with bench.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze messages"))
    clock = Clock(bench.engine, bench.jobs, lambda: NOW)
    clock.sweep()
    began = time.process_time(), time.monotonic()
    for _ in range(SWEEPS):
        clock.sweep()
    cpu, wall = (
        1000 * (now - then) / SWEEPS for now, then in zip((time.process_time(), time.monotonic()), began, strict=True)
    )
    print_row(
        f"Idle sweep, {HISTORY:,} messages on record",
        f"{wall:.1f} ms, of it {cpu:.1f} ms of the clock's processor: {wall / SWEEP_EVERY / 10:.2f} % of the time",
        "",
    )


def reached(count: Callable[[], int], enough: int) -> tuple[float, int]:
    """Wait until enough is counted; return when, and how many it then were."""
    while (found := count()) < enough:
        time.sleep(LOOK_EVERY)
    return time.monotonic(), found


@contextmanager
def prepared(cap: int) -> Iterator[Bench]:
    """Have everything up, with offices, alliances and duties on record."""
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as name, ExitStack() as stack:
        Path(name).chmod(0o711)  # PostgreSQL runs as somebody else when root starts it
        with socket.create_server(("127.0.0.1", 0)) as free:
            slack = f"http://127.0.0.1:{free.getsockname()[1]}"
        settings = Settings(
            alliance_data_dir=Path(name),
            database_url=None,
            redis_url=None,
            slack_bot_token=SecretStr("xoxb-bench"),
            slack_api_url=f"{slack}/api/",
            # In office hours, whenever this is run.
            alliance_clock_url=f"{slack}/control/clock",
            slack_posts_per_minute=cap,
        )
        stack.callback(wait_until_stopped, settings)
        running = stack.enter_context(servers(settings))
        upgrade(running.database_url)
        engine = create_engine(running.database_url)
        stack.callback(engine.dispose)
        broker = connect(running.redis_url)
        stack.callback(broker.close)
        bench = Bench(settings, engine, Jobs(broker), slack)
        stack.enter_context(program("slack", bench))
        make_workspace(slack)
        with sessionmaker(engine).begin() as session:
            session.execute(text("create table floor (id uuid primary key, ts text)"))
            for number in range(CHANNELS):
                make_office(session, number)
            check_rules(session, now=NOW)
        yield bench


def make_workspace(slack: str) -> None:
    """Make the local Slack's channels, once it answers."""
    channels = [{"id": f"C{number:03}", "name": f"channel-{number}"} for number in range(CHANNELS)]
    for _ in range(600):
        try:
            ask(slack, "/control/workspace", team={"id": "T1", "name": "OSHA", "domain": "osha"})
            break
        except OSError:
            time.sleep(0.1)
    ask(slack, "/control/clock", to=NOW.isoformat(), force=True)
    ask(slack, "/control/app", name="Alliance", bot_user={"id": "UBOT", "name": "alliance"}, commands=[])
    ask(slack, "/control/workspace", channels=channels)


def ask(slack: str, path: str, **body: Any) -> None:
    """Tell the local Slack something."""
    request = Request(slack + path, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=10):  # noqa: S310  # our own server
        pass


def make_office(session: Session, number: int) -> None:
    """Make an office with its channel and one alliance."""
    office = Office(
        code=f"A{number:03}", name=f"Office {number}", kind="area", timezone="America/New_York", channel=f"C{number:03}"
    )
    alliance = Alliance(name=f"Safe Roofs {number}", level="area", tracked_from=date(2026, 1, 1), created_at=NOW)
    session.add_all([office, alliance])
    session.flush()
    edition = edition_on(SIGNED).name
    session.add_all(
        [
            AllianceOffice(alliance_id=alliance.id, office_id=office.id, rank=0),
            Signatory(alliance_id=alliance.id, name="Local Roofers"),
            Agreement(alliance_id=alliance.id, signed_on=SIGNED, renewal=False, term_years=2, edition=edition),
        ]
    )
    session.flush()


def make_messages(bench: Bench, messages: int) -> dict[str, Any]:
    """Fold so many messages of some duties each, one for an office and day; return the words of one of them."""
    first = bench.counted("select coalesce(max(day) - date '2027-01-01' + 1, 0) from messages")
    with sessionmaker(bench.engine).begin() as session:
        duties: dict[int, list[uuid.UUID]] = {}
        for office, duty in session.execute(select(Obligation.office_id, Obligation.id).order_by(Obligation.id)):
            duties.setdefault(office, []).append(duty)
        rows: list[dict[str, Any]] = []
        notices: list[dict[str, Any]] = []
        for number, (office, channel) in zip(range(messages), repeated(session), strict=False):
            day = date(2027, 1, 1) + timedelta(days=first + number // CHANNELS)
            row = {"id": uuid.uuid4(), "office_id": office, "day": day, "channel": channel}
            # One after the other, as where it runs: jobs and messages then come in the same order.
            rows.append(row | {"status": "pending", "created_at": NOW + timedelta(milliseconds=number)})
            notices += [
                {
                    "obligation_id": duty,
                    "stage": "on:0",
                    "recipient": f"office:{office}",
                    "office_id": office,
                    "day": day,
                }
                | {"status": "pending", "message_id": row["id"], "changed_at": NOW}
                for duty in duties[office][:DUTIES]
            ]
        session.execute(insert(Message), rows)
        session.execute(insert(Notice), notices)
        return reminder_message(show_message(session, rows[0]["id"], now=NOW))


def repeated(session: Session) -> Iterator[tuple[int, str]]:
    """Yield the offices with their channels, again and again."""
    offices = session.execute(select(Office.id, Office.channel).order_by(Office.id)).all()
    while True:
        yield from ((id, channel or "") for id, channel in offices)


def waiting_jobs(bench: Bench) -> list[dramatiq.Message[None]]:
    """Return a job for every message that waits."""
    with Session(bench.engine) as session:
        waiting = select(Message.id).where(Message.status == "pending").order_by(Message.day, Message.office_id)
        return [deliver_job(id) for id in session.scalars(waiting)]


@contextmanager
def program(part: str, bench: Bench) -> Iterator[None]:
    """Run a part of this file in a process of its own."""
    values = {
        name.upper(): value for name, value in bench.settings.model_dump(mode="json").items() if value not in (None, [])
    }
    values |= {"SLACK_BOT_TOKEN": "xoxb-bench", "NO_PROXY": "127.0.0.1", "LOG_LEVEL": "ERROR"}
    environment = os.environ | {name: str(value) for name, value in values.items()}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.delivery", "--part", part], env=environment)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def floor_job(channel: str, words: dict[str, Any]) -> dramatiq.Message[None]:
    """Ask for the unavoidable."""
    return dramatiq.Message(queue_name=DELIVERY, actor_name=FLOOR, args=(channel, words), kwargs={}, options={})


def run_floor(settings: Settings) -> None:
    """Work as `run_worker` does, with an actor that does the unavoidable."""
    slack = bot_client(settings)
    with servers(settings) as running, pooled_engine(running.database_url, THREADS) as engine:
        broker = connect(running.redis_url)

        def post(channel: str, words: dict[str, Any]) -> None:
            id = str(uuid.uuid4())
            metadata = {"event_type": "alliance_notice", "event_payload": {"notice_id": id}}
            answer = slack.chat_postMessage(
                channel=channel, metadata=metadata, unfurl_links=False, unfurl_media=False, **words
            )
            with engine.begin() as connection:
                connection.execute(text("insert into floor values (:id, :ts)"), {"id": id, "ts": answer["ts"]})

        dramatiq.actor(broker=broker, actor_name=FLOOR, queue_name=DELIVERY)(post)
        worker = dramatiq.Worker(broker, worker_threads=THREADS, worker_timeout=POLL)
        with woken_by_signals() as wait:
            worker.start()
            while not wait(1):
                pass
        worker.stop(timeout=STOP_WITHIN)


def run_slack(settings: Settings) -> None:
    """Serve the local Slack."""
    serve("127.0.0.1", int(settings.slack_api_url.split(":")[2].partition("/")[0]), None)


PARTS: dict[str, Callable[[Settings], None]] = {
    "slack": run_slack,
    "floor": run_floor,
    "unpaced": lambda settings: run_worker(settings, paced=False),
    "paced": run_worker,
}


def print_row(*cells: str) -> None:
    """Print one row of the table."""
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
