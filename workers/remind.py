"""Run what is due: an office's message of the day, and the daily check of all rules.

Whoever asks may ask too often: whether something is due is decided here, under a lock, from the records. The
row of the schedule moves on in the transaction that does the work, so neither a lost queue nor a killed worker
loses a day or sends it twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance
from models.duties import Schedule
from models.offices import Office
from operations.actor import office_day
from operations.approve.remind_approvals import remind_approvals
from operations.closures import read_closures
from operations.office_settings import settings_of_one
from operations.records.recognise import forget_deliveries
from operations.remind.digest_office import digest_office
from operations.remind.fold_messages import fold_messages
from operations.remind.list_undeliverable import list_undeliverable
from operations.remind.look_again import CHECK_NAME
from operations.remind.office_schedules import office_name, usable_schedule
from policy.sending_times import sends_now
from policy.ticks import day_begins, due_tick
from workers.broker import Jobs
from workers.check import (
    BATCH,
    check_for_office,
    check_waiting,
    check_whole_program,
    follow_people,
    waiting,
    week_begins,
)
from workers.jobs import CHECKS, batch_job

#: The cron line of the daily check, and where that is read: the National Office's wall clock.
CHECK_SCHEDULE = "5 0 * * *"
CHECK_TIMEZONE = "America/New_York"

log = structlog.get_logger("workers.remind")


def remind_office(sessions: sessionmaker[Session], office_id: int, *, now: Callable[[], datetime]) -> list[uuid.UUID]:
    """Check an office's alliances and fold its messages of today if they are due; return the messages' ids."""
    moment = now()
    with sessions.begin() as session:
        office = session.get_one(Office, office_id)
        name, timezone, window = office.code, office.timezone, settings_of_one(session, office).window
        schedule = usable_schedule(name, office.schedule)
        row = lock_schedule(session, office_name(name), timezone, moment)
        closures = read_closures(session)
        if not sends_now(schedule, timezone, row.ran_until, moment, closures, window=window):
            return []
    # Not under the lock: a check is long, it may be repeated, and it is complete before the message is made.
    check_for_office(sessions, office_id, now=moment)
    with sessions.begin() as session:
        row = lock_schedule(session, office_name(name), timezone, moment)
        if not sends_now(schedule, timezone, row.ran_until, moment, closures, window=window):
            return []
        day = office_day(moment, timezone)
        made = fold_messages(session, office_id=office_id, day=day, now=moment)
        made += remind_approvals(session, office_id=office_id, day=day, now=moment)
        made += list_undeliverable(session, office_id=office_id, day=day, now=moment)
        before = office_day(row.ran_until, timezone)
        made += digest_office(session, office_id=office_id, day=day, before=before, now=moment)
        row.ran_until = moment
    if made:
        log.info("reminded", office=name, day=str(day), messages=[str(id) for id in made])
    return made


def check_daily(sessions: sessionmaker[Session], *, now: Callable[[], datetime]) -> bool:
    """Check the alliances that wait, here and now, if today's check is due; return whether it was."""
    moment = now()
    if not _check_is_due(sessions, moment):
        return False
    tally = check_waiting(sessions, now=moment)
    note_checked(sessions, now=moment)
    log.info("checked", alliances=tally.checked, opened=tally.opened, settled=tally.settled)
    return True


def spread_check(sessions: sessionmaker[Session], jobs: Jobs, *, now: Callable[[], datetime]) -> bool:
    """Have the workers do today's check in batches, if it is due; return whether nothing waits any more.

    What waits follows from the records, so whoever asks again takes up what a lost queue or a killed worker left.

    Raises:
        redis.RedisError: Redis cannot be reached.
    """
    moment = now()
    if not _check_is_due(sessions, moment):
        return True
    if jobs.depth([CHECKS]):
        return False
    with sessions() as session:
        ids = waiting(session, now=moment, since=week_begins(moment))
    if ids:
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        jobs.send(*(batch_job(batch[0], batch[-1]) for batch in batches))
        log.info("a check begins", alliances=len(ids), batches=len(batches))
        return False
    follow_people(sessions, now=moment)
    check_whole_program(sessions, moment)
    note_checked(sessions, now=moment)
    with sessions() as session:
        failures = session.scalars(select(Alliance.name).where(Alliance.check_failure.is_not(None)))
        log.info("all is checked", failures=sorted(failures))
    return True


def _check_is_due(sessions: sessionmaker[Session], now: datetime) -> bool:
    with sessions.begin() as session:
        row = lock_schedule(session, CHECK_NAME, CHECK_TIMEZONE, now)
        return due_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, row.ran_until, now) is not None


def note_checked(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Note that all rules were checked at a moment, and forget what need not be known from one day to the next."""
    with sessions.begin() as session:
        forget_deliveries(session)
        row = lock_schedule(session, CHECK_NAME, CHECK_TIMEZONE, now)
        row.ran_until = max(row.ran_until, now)


def lock_schedule(session: Session, name: str, timezone: str, now: datetime) -> Schedule:
    """Return the row of a schedule, locked; one seen for the first time begins with today's ticks."""
    begin = day_begins(ZoneInfo(timezone), now)
    session.execute(insert(Schedule).values(name=name, ran_until=begin).on_conflict_do_nothing())
    return session.scalars(select(Schedule).where(Schedule.name == name).with_for_update()).one()
