"""The queue: it carries ids only, and may be lost at any time without losing anything."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

import redis
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, CurrentMessage, Retries, ShutdownNotifications, TimeLimit

from workers.jobs import QUEUES

NAMESPACE = "alliance"
#: Milliseconds without a sign of life after which a worker's work is given to another.
HEARTBEAT_TIMEOUT = 6_000
#: Milliseconds a dead letter is kept; nobody reads it but an operator.
DEAD_LETTER_TTL = 24 * 3_600_000
#: Chance in a million that a command looks for dead workers: every one does, for a quiet queue has few.
ALWAYS = 1_000_000
WORKER_SIGN = f"{NAMESPACE}:worker"
#: Seconds Redis may take to answer.
PATIENCE = 5.0
#: What a job does to what.
Key = tuple[str, tuple[object, ...]]


def connect(url: str) -> RedisBroker:
    """Return a broker that connects when it is first used; limits are in milliseconds."""
    client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return RedisBroker(  # type: ignore[no-untyped-call]  # its parameters have no types
        client=client,
        namespace=NAMESPACE,
        maintenance_chance=ALWAYS,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        dead_message_ttl=DEAD_LETTER_TTL,
        middleware=[
            # What is older was asked for again since: the clock looks at the records, not at the queue.
            AgeLimit(max_age=3_600_000),
            TimeLimit(time_limit=600_000),
            ShutdownNotifications(notify_shutdown=False),
            Retries(max_retries=8, min_backoff=2_000, max_backoff=60_000),
            CurrentMessage(),
        ],
    )


class Jobs:
    """The queue as the sender sees it."""

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker

    def send(self, *jobs: Message[None]) -> None:
        """Queue jobs.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        for job in jobs:
            self._broker.enqueue(job)

    def send_again(self, seconds: float, job: Message[None] | None = None) -> None:
        """Queue the job that is running once more, or another for it, to be run in so many seconds.

        It has not failed: what waits for Slack may wait any number of times.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        job = job or cast("Message[None]", CurrentMessage.get_current_message())
        self._broker.enqueue(job.copy(options={"retries": 0}), delay=math.ceil(seconds * 1000))

    def send_missing(self, jobs: Iterable[Message[None]]) -> int:
        """Queue those jobs that are not queued, running or waiting to be tried again; return how many.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        wanted = list(jobs)
        known = set().union(*map(self._queued, QUEUES))
        missing = [job for job in wanted if _key(job) not in known]
        self.send(*missing)
        return len(missing)

    def depth(self, queues: Iterable[str]) -> int:
        """Return how many jobs of these queues wait, run, or wait to be tried again.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        return sum(int(self._broker.client.hlen(name)) for queue in queues for name in _stores(queue))

    def sign_on(self) -> None:
        """Note that a worker is at work; to be repeated every few seconds.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        self._broker.client.set(WORKER_SIGN, 1, px=2 * HEARTBEAT_TIMEOUT)

    def has_worker(self) -> bool:
        """Whether a worker has signed on within the last 12 seconds.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        return bool(self._broker.client.exists(WORKER_SIGN))

    def _queued(self, queue: str) -> set[Key]:
        stored = [cast("bytes", data) for name in _stores(queue) for data in self._broker.client.hvals(name)]
        return {_key(Message.decode(data)) for data in stored}


def _stores(queue: str) -> tuple[str, str]:
    """Return where Dramatiq keeps a queue's jobs until they are done, and those to be tried again."""
    return f"{NAMESPACE}:{queue}.msgs", f"{NAMESPACE}:{queue}.DQ.msgs"


def _key(job: Message[None]) -> Key:
    return job.actor_name, tuple(job.args)
