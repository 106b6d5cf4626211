"""Run what is due for a person: the digest of what is their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from operations.closures import read_closures
from operations.remind.digest_person import digest_person
from operations.remind.person_schedules import own_schedule, person_name
from policy.sending_times import sends_now
from workers.remind import lock_schedule

log = structlog.get_logger("workers.digests")


def digest_one(sessions: sessionmaker[Session], person_id: int, *, now: Callable[[], datetime]) -> uuid.UUID | None:
    """Make a person's digest if it is due; return the message's id.

    Decided under the lock of the schedule's row, which moves on in the same transaction: what was missed is caught
    up once, and nothing is made twice.
    """
    moment = now()
    with sessions.begin() as session:
        own = own_schedule(session, person_id, now=moment)
        if own is None:
            return None
        row = lock_schedule(session, person_name(own.slack_id), own.timezone, moment)
        if not sends_now(own.line, own.timezone, row.ran_until, moment, read_closures(session)):
            return None
        made = digest_person(session, person_id, own.leaves_out, now=moment)
        row.ran_until = moment
    if made is not None:
        log.info("summed up for a person", message=str(made))
    return made
