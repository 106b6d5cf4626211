"""The metrics in Prometheus' words, and the page on which a clock offers them beside its state of health."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from operations.read.figures import read_figures
from operations.remind.look_again import CHECK_NAME
from runtime import serve
from workers.broker import Jobs
from workers.clock import heartbeat_age
from workers.jobs import QUEUES

#: The clock beats every five seconds; this many missed beats are an outage.
HEARTBEAT_LIMIT = timedelta(seconds=30)

log = structlog.get_logger("workers.metrics")

Metric = GaugeMetricFamily | CounterMetricFamily


class Figures(Collector):
    """Reads everything anew each time it is asked: what is counted stands in the database and the queue."""

    def __init__(self, engine: Engine, jobs: Jobs, now: Callable[[], datetime]) -> None:
        self.engine, self.jobs, self.now = engine, jobs, now

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; what cannot be reached is left out, and `alliance_up` says so."""
        reached = {"database": False, "queue": False}
        try:
            yield from self._of_database()
            reached["database"] = True
        except SQLAlchemyError as error:
            log.warning("the database cannot be reached", why=str(error).partition("\n")[0])
        try:
            jobs = GaugeMetricFamily(
                "alliance_queue_jobs", "Jobs that wait, run, or are to be tried again.", labels=["queue"]
            )
            for queue in QUEUES:
                jobs.add_metric([queue], self.jobs.depth([queue]))
            yield jobs
            yield _gauge("alliance_worker_at_work", "Whether a worker gave a sign of life.", self.jobs.has_worker())
            reached["queue"] = True
        except RedisError as error:
            log.warning("the queue cannot be reached", why=str(error))
        up = GaugeMetricFamily("alliance_up", "Whether it can be reached.", labels=["server"])
        for server, is_up in reached.items():
            up.add_metric([server], is_up)
        yield up

    def _of_database(self) -> Iterator[Metric]:
        now = self.now()
        with Session(self.engine) as session:
            figures, beat = read_figures(session, now=now), heartbeat_age(session)
        sent = CounterMetricFamily("alliance_messages_sent", "Messages that stand in Slack.", labels=["kind"])
        for kind, number in sorted(figures.sent.items()):
            sent.add_metric([kind], number)
        unsent = GaugeMetricFamily(
            "alliance_messages_unsent", "Messages that do not stand in Slack.", labels=["kind", "status"]
        )
        for (kind, status), number in sorted(figures.unsent.items()):
            unsent.add_metric([kind, status], number)
        duties = GaugeMetricFamily("alliance_duties", "Duties that are not settled.", labels=["rule", "status"])
        for (rule, status), number in sorted(figures.duties.items()):
            duties.add_metric([rule, status], number)
        lost = GaugeMetricFamily(
            "alliance_out_of_reach", "Channels, and people who hold a position, that Slack refuses.", labels=["what"]
        )
        lost.add_metric(["office"], figures.offices_out_of_reach)
        lost.add_metric(["person"], figures.people_out_of_reach)
        yield from (sent, unsent, duties, lost)
        oldest = 0.0 if figures.oldest is None else (now - figures.oldest).total_seconds()
        yield _gauge("alliance_oldest_unsent_seconds", "Age of the oldest message that waits.", max(0.0, oldest))
        yield _gauge("alliance_check_failures", "Alliances over which a rule failed.", figures.check_failures)
        if (checked := figures.ran.get(CHECK_NAME)) is not None:
            age = (now - checked).total_seconds()
            yield _gauge("alliance_check_age_seconds", "Since when all rules were last checked.", age)
        if beat is not None:
            yield _gauge("alliance_heartbeat_age_seconds", "Since when the clock last ticked.", beat.total_seconds())


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def metrics_page(engine: Engine, jobs: Jobs, now: Callable[[], datetime]) -> bytes:
    """Return all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures(engine, jobs, now))
    return generate_latest(registry)


def unready(engine: Engine, jobs: Jobs) -> str | None:
    """Say what keeps reminders from being sent; None while nothing does."""
    try:
        with Session(engine) as session:
            age = heartbeat_age(session)
        if age is None or age > HEARTBEAT_LIMIT:
            return "the clock does not tick"
        return None if jobs.has_worker() else "no worker is at work"
    except SQLAlchemyError:
        return "the database cannot be reached"
    except RedisError:
        return "the queue cannot be reached"


def serving(address: str, engine: Engine, jobs: Jobs, now: Callable[[], datetime]) -> AbstractContextManager[str]:
    """Serve /metrics, /healthz and /readyz at "host:port" while the block runs; yields the address in use.

    Raises:
        SetupError: The address cannot be used.
    """

    def page(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        status, kind, body = "200 OK", "text/plain; charset=utf-8", b"ok\n"
        match environ["PATH_INFO"]:
            case "/metrics":
                kind, body = CONTENT_TYPE_LATEST, metrics_page(engine, jobs, now)
            case "/readyz":
                if why := unready(engine, jobs):
                    status, body = "503 Service Unavailable", f"{why}\n".encode()
            case "/healthz":
                pass
            case _:
                status, body = "404 Not Found", b"There are /metrics, /healthz and /readyz.\n"
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return serve.serving(address, page, setting="METRICS_ADDRESS")
