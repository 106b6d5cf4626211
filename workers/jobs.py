"""The jobs there are: their names, their queues, and the ids they carry."""

from __future__ import annotations

import uuid

from dramatiq import Message

#: What somebody's click changed does not wait behind the day's reminders, nor these behind a check of all rules.
ANSWERS = "answers"
DELIVERY = "delivery"
RULES = "rules"
#: Batches of the check take all of a processor: a worker works on one at a time, beside the other queues.
CHECKS = "checks"
QUEUES = (ANSWERS, DELIVERY, RULES, CHECKS)

DELIVER_MESSAGE = "messages.deliver"
REMIND_OFFICE = "offices.remind"
CHECK_RULES = "rules.check"
CHECK_BATCH = "rules.check_batch"


def deliver_job(message_id: uuid.UUID, queue: str = DELIVERY) -> Message[None]:
    """Ask for a message to be posted or rewritten, if it waits."""
    return _job(queue, DELIVER_MESSAGE, str(message_id))


def remind_job(office_id: int) -> Message[None]:
    """Ask for an office's message of today, if it is due."""
    return _job(RULES, REMIND_OFFICE, office_id)


def check_job() -> Message[None]:
    """Ask for the daily check of all rules, if it is due."""
    return _job(RULES, CHECK_RULES)


def batch_job(first: int, last: int) -> Message[None]:
    """Ask for a check of the alliances with ids from `first` to `last` that have to be looked at."""
    return _job(CHECKS, CHECK_BATCH, first, last)


def _job(queue: str, actor: str, *ids: str | int) -> Message[None]:
    return Message(queue_name=queue, actor_name=actor, args=ids, kwargs={}, options={})
