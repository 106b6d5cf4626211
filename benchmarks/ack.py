"""How fast the bot acknowledges what people do most, beside a handler that does nothing: `python -m benchmarks.ack`.

It prints the rows of the table in docs/performance.md. The bot is one process, as `alliance bot` runs it, over HTTP and
over Socket Mode, on a PostgreSQL of its own with a made-up portfolio; the people and the local Slack are another. What
is timed is a signed request, or an envelope, until its acknowledgement has come back, for the bot and for an app of
Bolt's with empty handlers in turn. Everybody reads the answer before they do the next thing. Exit 1 where something
asked for is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import secrets
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import SecretStr
from slack_bolt import App, BoltResponse
from sqlalchemy.orm import sessionmaker

from benchmarks.clients import Deed, Round, Took, serve_clients
from benchmarks.deeds import NOW, OPENING, Deeds, make_members
from benchmarks.fill import portfolio
from bot.app import build_app
from bot.http_mode import listening
from bot.manifest import REQUESTS
from bot.socket_mode import Connection
from cli.run_bot import CONCURRENCY
from runtime.settings import Settings
from workers.pool import pooled_engine
from workers.slack import bot_client

SIZE = 2_660
#: How often each client does each thing, by the number of clients.
TIMES = {1: 30, 16: 4}
QUICK = {1: 5, 16: 1}
WAYS = ("HTTP", "Socket Mode")
#: Milliseconds at the median that the bot may take more than the empty handler.
MORE = 10.0
#: Milliseconds after which Slack has given up.
GIVEN_UP = 3_000.0
#: Milliseconds at the median after which a form is open.
OPEN = 300.0

_spawn = get_context("spawn")


class Line(NamedTuple):
    """One thing that people do, over one way, with so many at once; milliseconds."""

    name: str
    empty: float
    p50: float
    p99: float
    shown: float

    @property
    def missed(self) -> str:
        """What was asked for and is missed."""
        said = [f"more than {MORE:.0f} ms"] if self.p50 - self.empty > MORE else []
        said += [f"p99 of {GIVEN_UP:.0f} ms"] if self.p99 >= GIVEN_UP else []
        said += [f"open after {OPEN:.0f} ms"] if self.name in OPENING and self.shown > OPEN else []
        return ", ".join(said)


class Bench(NamedTuple):
    """The two apps, and the pipe to the people."""

    apps: dict[str, App]
    secret: str
    settings: Settings
    pipe: Pipe


def main() -> None:
    """Print the table: a row for each thing that people do, over both ways, alone and with others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[SIZE], metavar="ALLIANCES")
    parser.add_argument("--folder", type=Path, help="measure the portfolio that benchmarks.rule_check made there, once")
    parser.add_argument("--quick", action="store_true", help="do everything a few times only")
    told = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")  # noqa: T201 - it is what it is for
    missed = [measure(size, told.folder, QUICK if told.quick else TIMES) for size in told.sizes]
    sys.exit(any(missed))


def measure(size: int, folder: Path | None, times: dict[int, int]) -> bool:
    """Measure with a portfolio; say whether something asked for is missed."""
    missed = False
    with prepared(size, folder) as (bench, deeds):
        for way in WAYS:
            for clients, often in times.items():
                print(  # noqa: T201
                    f"\n{size:,} alliances, {way}, {clients} at once\n\n"
                    "| what | empty handler | p50 | more | ratio | p99 | shown | missed |\n"
                    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
                )
                for line in compare(bench, way, [deeds.of(client, often) for client in range(clients)]):
                    missed = missed or bool(line.missed)
                    print(  # noqa: T201
                        f"| {line.name} | {line.empty:.1f} ms | {line.p50:.1f} ms | {line.p50 - line.empty:.1f} ms"
                        f" | {line.p50 / line.empty:.1f} | {line.p99:.0f} ms | {line.shown:.0f} ms | {line.missed} |",
                        flush=True,
                    )
    return missed


def compare(bench: Bench, way: str, clients: Sequence[Sequence[Deed]]) -> Iterator[Line]:
    """Let clients do what they do, with the bot and with the empty handlers in turn, one half after the other."""
    took: dict[str, list[Took]] = {"bot": [], "empty": []}
    for half in range(2):
        mine = [deeds[half * len(deeds) // 2 : (half + 1) * len(deeds) // 2] for deeds in clients]
        for which in took:
            took[which] += _round(bench, way, which, mine)
    for name in dict.fromkeys(each.name for each in took["bot"]):
        acks, shown = ([1000 * of(each) for each in took["bot"] if each.name == name] for of in (_ack, _shown))
        empty = statistics.median(1000 * each.ack for each in took["empty"] if each.name == name)
        yield Line(name, empty, statistics.median(acks), _p99(acks), statistics.median(shown))


def _ack(took: Took) -> float:
    return took.ack


def _shown(took: Took) -> float:
    return took.shown


def _p99(found: Sequence[float]) -> float:
    return sorted(found)[max(0, -(-99 * len(found) // 100) - 1)]


def _round(
    bench: Bench, way: str, which: str, clients: Sequence[Sequence[Deed]], *, checks: bool = False
) -> list[Took]:
    """Let clients do what they do with one app."""
    app, shows = bench.apps[which], which == "bot"
    with ExitStack() as stack:
        url = None
        if way == "HTTP":
            address = stack.enter_context(listening(app, "127.0.0.1", 0, at_once=CONCURRENCY))
            url = f"http://{address}/{REQUESTS}"
        else:
            handler = Connection(app, "xapp-bench", web_client=bot_client(bench.settings), concurrency=CONCURRENCY)
            handler.connect()  # type: ignore[no-untyped-call]  # Bolt gives it no types
            stack.callback(handler.close)
        bench.pipe.send(Round(clients, url, bench.secret, shows, checks))
        found: list[Took] = bench.pipe.recv()
    return found


@contextmanager
def prepared(size: int, folder: Path | None) -> Iterator[tuple[Bench, Deeds]]:
    """Have everything up, and everything done once."""
    with portfolio(size, folder) as (kept, running, engine), ExitStack() as stack:
        members = make_members(sessionmaker(engine), max(TIMES))
        ours, theirs = _spawn.Pipe()
        people = [each.slack_id for each in members], [each.channel for each in members]
        process = _spawn.Process(target=serve_clients, args=(theirs, *people), daemon=True)
        process.start()
        # Whatever becomes of it, nobody waits for what cannot come.
        theirs.close()
        stack.callback(process.join)
        stack.callback(ours.send, None)
        api = f"{ours.recv()}/api/"
        told = {"slack_bot_token": SecretStr("xoxb-bench"), "slack_app_token": SecretStr("xapp-bench")}
        settings = kept.model_copy(update=told | {"slack_api_url": api})
        client, secret = bot_client(settings), secrets.token_hex(16)
        sessions = sessionmaker(stack.enter_context(pooled_engine(running.database_url, CONCURRENCY)))
        app = build_app(client, sessions, lambda: NOW, secret)
        stack.callback(app.listener_runner.listener_executor.shutdown)
        empty = App(
            client=client, signing_secret=secret, process_before_response=True, token_verification_enabled=False
        )
        _hear_nothing(empty)
        bench = Bench({"bot": app, "empty": empty}, secret, settings, ours)
        deeds = Deeds(sessions, members)
        for way in WAYS:
            for which in bench.apps:
                _round(bench, way, which, [deeds.of(0, 1)], checks=which == "bot")
        yield bench, deeds


def _hear_nothing(app: App) -> None:
    """Acknowledge everything and do nothing."""

    def done() -> BoltResponse:
        return BoltResponse(status=200, body="")

    everything = re.compile("")
    for hears in (app.command, app.action, app.view, app.options, app.event):
        hears(everything)(done)


if __name__ == "__main__":
    main()
