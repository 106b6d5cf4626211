"""Home tabs follow what is recorded: the clock hears of a change and asks for those concerned, a worker publishes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.publish_home import publish_home
from bot.slack_errors import SLACK_ERRORS
from operations.read.concerned import behind, concerned, last_change, oldest_home
from operations.remind.keep_home import forget_home
from workers.broker import Jobs
from workers.deliver import Delivery
from workers.jobs import home_job
from workers.slack import NotSent, Uncertain, judge

#: Seconds between two looks at what changed: many changes are one publication.
TOGETHER = 0.4

log = structlog.get_logger("workers.homes")


@dataclass
class Homes:
    """What the clock knows of Home tabs that may be out of date; all of it can be found again from the records."""

    #: Whether something was announced since the last look; the first look finds what changed while nobody looked.
    changed: bool = True
    looked: float = float("-inf")
    #: The entry of the audit up to which those concerned were asked for; None before the first look.
    seen: int | None = None
    #: For whom was asked, and up to which entry their Home has to be right.
    asked: dict[str, int] = field(default_factory=dict)

    def ask(self, engine: Engine, jobs: Jobs, now: datetime) -> None:
        """Ask for the Home tabs of those whom the latest changes concern, soon after the first of these.

        Raises:
            redis.RedisError: Redis cannot be reached; they are asked for again.
        """
        if not self.changed or time.monotonic() - self.looked < TOGETHER:
            return
        self.changed, self.looked = False, time.monotonic()
        with Session(engine) as session:
            until = last_change(session)
            oldest = oldest_home(session, now=now) if self.seen is None else self.seen
            people = set() if oldest is None else concerned(session, oldest, until, now=now)
        self.seen = until
        self.asked |= dict.fromkeys(people, until)
        jobs.send(*map(home_job, sorted(people)))

    def ask_again(self, engine: Engine, jobs: Jobs) -> None:
        """Ask once more for those Home tabs that were asked for, are not right yet, and are not in the queue.

        Raises:
            redis.RedisError: Redis cannot be reached.
        """
        if self.asked:
            with Session(engine) as session:
                late = behind(session, self.asked)
            self.asked = {slack_id: seq for slack_id, seq in self.asked.items() if slack_id in late}
            jobs.send_missing(map(home_job, sorted(late)))


def publish_one(slack_id: str, by: Delivery, jobs: Jobs) -> None:
    """Publish a person's Home tab if it is not right; what Slack takes later is tried again."""
    try:
        publish_home(by.sessions, by.now(), slack_id, by.at(slack_id).slack)
    except SLACK_ERRORS as error:
        failure = judge(error)
        log.warning("a Home tab was not published", person=slack_id, why=failure.error)
        if isinstance(failure, NotSent | Uncertain):
            jobs.send_again(failure.again_in)
        else:
            with by.sessions.begin() as session:
                forget_home(session, slack_id)
