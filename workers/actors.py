"""The actors: each hands its ids to a function that can be run without a queue."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import dramatiq
import structlog
from dramatiq import Broker

from workers.broker import Jobs
from workers.check import check_between
from workers.deliver import Delivery, deliver
from workers.jobs import (
    ANSWERS,
    CHECK_BATCH,
    CHECK_RULES,
    CHECKS,
    DELIVER_MESSAGE,
    DELIVERY,
    REMIND_OFFICE,
    RULES,
    deliver_job,
)
from workers.remind import remind_office, spread_check

log = structlog.get_logger("workers.actors")


@dataclass(frozen=True)
class Tools:
    """What the actors work with."""

    delivery: Delivery
    jobs: Jobs


def declare(broker: Broker, tools: Tools) -> None:
    """Make the actors known to a broker; all may run twice, or at once, without harm."""
    sessions, now = tools.delivery.sessions, tools.delivery.now

    def deliver_message(message_id: str) -> None:
        again_in = deliver(uuid.UUID(message_id), tools.delivery)
        if again_in is not None:
            tools.jobs.send_again(again_in)

    def remind(office_id: int) -> None:
        tools.jobs.send(*map(deliver_job, remind_office(sessions, office_id, now=now)))

    def check() -> None:
        spread_check(sessions, tools.jobs, now=now)

    def check_batch(first: int, last: int) -> None:
        tally = check_between(sessions, first, last, now=now())
        log.info("checked a batch", alliances=tally.checked, opened=tally.opened, settled=tally.settled)

    broker.declare_queue(ANSWERS)
    for body, name, queue in (
        (deliver_message, DELIVER_MESSAGE, DELIVERY),
        (remind, REMIND_OFFICE, RULES),
        (check, CHECK_RULES, RULES),
        (check_batch, CHECK_BATCH, CHECKS),
    ):
        # Limits are the broker's; the clock asks again for whatever still waits after the last retry.
        dramatiq.actor(broker=broker, actor_name=name, queue_name=queue)(body)
