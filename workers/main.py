"""Put the worker and the clock together from the settings, and run each until it is asked to stop."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import structlog
from dramatiq import Worker
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from bot.messages import message_words
from bot.take_file import Documents
from bot.workspaces import Workspaces
from runtime.clock import clock_from
from runtime.documents import document_store
from runtime.embedded import servers
from runtime.settings import Settings
from runtime.wakeup import woken_by_signals
from workers.actors import Tools, declare
from workers.broker import Jobs, connect
from workers.clock import Clock
from workers.deliver import BATCH, Delivery
from workers.jobs import CHECKS, QUEUES
from workers.metrics import serving
from workers.pacer import Pacer
from workers.pool import pooled_engine
from workers.slack import bot_client, workspaces_of

#: Threads of one worker: deliveries wait for Slack most of the time.
THREADS = 8
#: Milliseconds after which an idle worker looks at the queue again: how late a message may be seen.
POLL = 100
#: Milliseconds that work in progress gets to end when the worker is asked to stop.
STOP_WITHIN = 8_000
#: Seconds between two signs that the worker lives.
SIGN_EVERY = 4.0
#: Seconds between two looks at which tokens end soon.
FRESH_EVERY = 60.0

log = structlog.get_logger("workers.main")


def run_worker(settings: Settings, *, threads: int = THREADS, paced: bool = True) -> None:
    """Work until SIGTERM or SIGINT; what is in progress then gets 8 seconds to end.

    Not `paced`, Slack's limits are left to Slack: to measure what the rest costs.

    Raises:
        SetupError: a setting is missing, or an embedded server cannot be started.
    """
    slack = bot_client(settings)
    with ExitStack() as stack:
        running = stack.enter_context(servers(settings))
        # One for each thread, which holds its message and notes what comes of it with the same; for the checks; and
        # for an import, which is held, written, and looked after while it is written.
        engine = stack.enter_context(pooled_engine(running.database_url, threads + 4))
        broker = connect(running.redis_url)
        stack.callback(broker.close)
        jobs = Jobs(broker)
        now = clock_from(settings)
        pacer = Pacer(broker.client, settings.slack_posts_per_minute) if paced else None
        words = partial(message_words, newer_blocks=settings.newer_blocks)
        sessions = sessionmaker(engine)
        workspaces = workspaces_of(settings, sessions, now)
        delivery = Delivery(engine, sessions, slack, now, words, pacer, at_once=BATCH, workspaces=workspaces)
        documents = Documents(document_store(settings), settings.documents_megabytes * 1_000_000)
        # A broker knows one worker: the checks, which take turns on one thread, have one of their own.
        for_checks = connect(running.redis_url)
        stack.callback(for_checks.close)
        for each in (broker, for_checks):
            declare(each, Tools(delivery, jobs, documents))
        others = set(QUEUES) - {CHECKS}
        working = [
            Worker(broker, queues=others, worker_threads=threads, worker_timeout=POLL),
            Worker(for_checks, queues={CHECKS}, worker_threads=1, worker_timeout=POLL),
        ]
        wait = stack.enter_context(woken_by_signals())
        settle_memory()
        for worker in working:
            worker.start()
        log.info("the worker is ready", threads=threads, queues=", ".join(QUEUES))
        if workspaces is not None:
            stack.enter_context(_keeping_fresh(workspaces))
        while not wait(0):
            _sign_on(jobs)
            wait(SIGN_EVERY)
        for worker in working:
            worker.stop(timeout=STOP_WITHIN)
        log.info("the worker has stopped")


def settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's sight: it stays until the process ends.

    A batch of a check makes enough objects for the collector to look at all that there are, and most are these.
    """
    gc.collect()
    gc.freeze()


def run_clock(settings: Settings) -> None:
    """Tick until SIGTERM or SIGINT; of several clocks one does, the others wait.

    Raises:
        SetupError: an embedded server cannot be started, or the address for the metrics cannot be used.
    """
    with ExitStack() as stack:
        running = stack.enter_context(servers(settings))
        engine = stack.enter_context(pooled_engine(running.database_url, 3))
        broker = connect(running.redis_url)
        stack.callback(broker.close)
        now, jobs = clock_from(settings), Jobs(broker)
        if settings.metrics_address is not None:
            scraped = stack.enter_context(pooled_engine(running.database_url, 2))
            address = stack.enter_context(serving(settings.metrics_address, scraped, jobs, now))
            log.info("metrics are served", address=address)
        wait = stack.enter_context(woken_by_signals())
        Clock(engine, jobs, now).run(wait)


@contextmanager
def _keeping_fresh(workspaces: Workspaces) -> Iterator[None]:
    """Renew tokens before they end, in time and beside the jobs, while the block runs."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(FRESH_EVERY):
            try:
                workspaces.installed.keep_fresh()
            except SQLAlchemyError as error:
                log.warning("the tokens of workspaces could not be looked after", why=str(error))

    keeper = threading.Thread(target=keep, name="tokens")
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _sign_on(jobs: Jobs) -> None:
    try:
        jobs.sign_on()
    except RedisError as error:
        log.warning("the queue cannot be reached", why=str(error))
