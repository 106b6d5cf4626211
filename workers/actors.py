"""The actors: each hands its ids to a function that can be run without a queue."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dramatiq
import structlog
from dramatiq import Broker

from bot.take_file import Documents
from workers.broker import Jobs
from workers.check import check_between
from workers.deliver import Delivery, deliver_together
from workers.digests import digest_one
from workers.documents import fetch_document
from workers.homes import publish_one
from workers.imports import work_on_import
from workers.jobs import (
    ANSWERS,
    CHECK_BATCH,
    CHECK_RULES,
    CHECKS,
    DELIVER_MESSAGE,
    DELIVERY,
    DIGEST_PERSON,
    FETCH_DOCUMENT,
    PUBLISH_HOME,
    REMIND_OFFICE,
    RULES,
    WORK_ON_IMPORT,
    deliver_job,
)
from workers.remind import remind_office, spread_check

log = structlog.get_logger("workers.actors")


@dataclass(frozen=True)
class Tools:
    """What the actors work with."""

    delivery: Delivery
    jobs: Jobs
    #: None where no documents are kept.
    documents: Documents | None = None


def declare(broker: Broker, tools: Tools) -> None:
    """Make the actors known to a broker; all may run twice, or at once, without harm."""
    sessions, now = tools.delivery.sessions, tools.delivery.now

    def deliver_message(message_id: str) -> None:
        asked = uuid.UUID(message_id)
        for id, again_in in deliver_together(asked, tools.delivery).items():
            tools.jobs.send_again(again_in, None if id == asked else deliver_job(id))

    def remind(office_id: int) -> None:
        tools.jobs.send(*map(deliver_job, remind_office(sessions, office_id, now=now)))

    def digest(person_id: int) -> None:
        made = digest_one(sessions, person_id, now=now)
        if made is not None:
            tools.jobs.send(deliver_job(made))

    def check() -> None:
        spread_check(sessions, tools.jobs, now=now)

    def check_batch(first: int, last: int) -> None:
        tally = check_between(sessions, first, last, now=now())
        log.info("checked a batch", alliances=tally.checked, opened=tally.opened, settled=tally.settled)

    def fetch(document_id: int) -> None:
        fetch_document(document_id, tools.delivery, tools.documents)

    def publish(slack_id: str) -> None:
        publish_one(slack_id, tools.delivery, tools.jobs)

    broker.declare_queue(ANSWERS)
    _declare(broker, deliver_message, DELIVER_MESSAGE, DELIVERY)
    _declare(broker, remind, REMIND_OFFICE, RULES)
    _declare(broker, digest, DIGEST_PERSON, RULES)
    _declare(broker, check, CHECK_RULES, RULES)
    _declare(broker, check_batch, CHECK_BATCH, CHECKS)
    _declare(broker, fetch, FETCH_DOCUMENT, DELIVERY)
    _declare(broker, partial(_work_on, tools), WORK_ON_IMPORT, CHECKS)
    _declare(broker, publish, PUBLISH_HOME, ANSWERS)


def _work_on(tools: Tools, import_id: str) -> None:
    work_on_import(uuid.UUID(import_id), tools.delivery, tools.documents)


def _declare(broker: Broker, body: Callable[..., None], name: str, queue: str) -> None:
    # Limits are the broker's; the clock asks again for whatever still waits after the last retry.
    dramatiq.actor(broker=broker, actor_name=name, queue_name=queue)(body)
