"""The jobs there are: their names, their queues, and the ids they carry."""

from __future__ import annotations

import uuid

from dramatiq import Message

#: What somebody's click changed does not wait behind the day's reminders, nor these behind a check of all rules.
ANSWERS = "answers"
DELIVERY = "delivery"
RULES = "rules"
#: Batches of the check, and imports, take all of a processor: a worker works on one at a time, beside the other queues.
CHECKS = "checks"
QUEUES = (ANSWERS, DELIVERY, RULES, CHECKS)

DELIVER_MESSAGE = "messages.deliver"
REMIND_OFFICE = "offices.remind"
DIGEST_PERSON = "people.digest"
CHECK_RULES = "rules.check"
CHECK_BATCH = "rules.check_batch"
FETCH_DOCUMENT = "documents.fetch"
PUBLISH_HOME = "homes.publish"
WORK_ON_IMPORT = "imports.work_on"


def deliver_job(message_id: uuid.UUID, queue: str = DELIVERY) -> Message[None]:
    """Ask for a message to be posted or rewritten, if it waits."""
    return _job(queue, DELIVER_MESSAGE, str(message_id))


def remind_job(office_id: int) -> Message[None]:
    """Ask for an office's message of today, if it is due."""
    return _job(RULES, REMIND_OFFICE, office_id)


def digest_job(person_id: int) -> Message[None]:
    """Ask for a person's digest of today, if it is due."""
    return _job(RULES, DIGEST_PERSON, person_id)


def check_job() -> Message[None]:
    """Ask for the daily check of all rules, if it is due."""
    return _job(RULES, CHECK_RULES)


def batch_job(first: int, last: int) -> Message[None]:
    """Ask for a check of the alliances with ids from `first` to `last` that have to be looked at."""
    return _job(CHECKS, CHECK_BATCH, first, last)


def fetch_job(document_id: int) -> Message[None]:
    """Ask for a document to be fetched from Slack, if it waits."""
    return _job(DELIVERY, FETCH_DOCUMENT, document_id)


def import_job(import_id: uuid.UUID) -> Message[None]:
    """Ask for what is next of an import, if it waits for a worker."""
    return _job(CHECKS, WORK_ON_IMPORT, str(import_id))


def home_job(slack_id: str) -> Message[None]:
    """Ask for a person's Home tab to be published, if it shows something else than it should."""
    return _job(ANSWERS, PUBLISH_HOME, slack_id)


def _job(queue: str, actor: str, *ids: str | int) -> Message[None]:
    return Message(queue_name=queue, actor_name=actor, args=ids, kwargs={}, options={})
