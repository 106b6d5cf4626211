"""The clock: sees what is due and what waits, and asks the workers for it. One of several does, the leader.

It decides nothing and remembers nothing that matters: what is due follows from the records. It may therefore
stop at any moment, lose its connections, or ask too often.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
import redis
import structlog
from dramatiq import Message
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.audit import CHANGES
from models.duties import Schedule
from models.locks import LEADING_CLOCK
from models.offices import Office
from operations.closures import read_closures
from operations.office_settings import settings_of_one
from operations.records.fetch_document import awaited_documents
from operations.records.imports import IMPORTS_WAIT, waiting_imports
from operations.remind.deliver_message import waiting_messages
from operations.remind.look_again import CHECK_NAME
from operations.remind.office_schedules import office_name, usable_schedule
from operations.remind.person_schedules import people_to_tell, person_name
from operations.remind.plan_notices import OUTBOX
from policy.calendar import Closures
from policy.sending_times import next_look
from policy.ticks import due_tick, next_tick
from runtime.errors import SetupError
from runtime.wakeup import Wait
from workers.broker import Jobs
from workers.hold import abandoned_messages
from workers.homes import Homes
from workers.jobs import ANSWERS, check_job, deliver_job, digest_job, fetch_job, import_job, remind_job
from workers.remind import (
    CHECK_SCHEDULE,
    CHECK_TIMEZONE,
)

#: The row that says that the clock ticked, in real time.
HEARTBEAT = "heartbeat"
#: Seconds between two looks at the time, at the records, at what waits; and of the sign of life.
LOOK_EVERY = 1.0
REFRESH_EVERY = 5.0
SWEEP_EVERY = 3.0
BEAT_EVERY = 5.0
#: Seconds for which one wait for announcements blocks: how late a signal to stop is seen at most.
BLOCK = 0.25

#: Schedules that are remembered; one is another with each run.
MOST_KNOWN = 4096

log = structlog.get_logger("workers.clock")


@dataclass
class Rhythm:
    """Something that is done every so many seconds of real time, and at once the first time."""

    seconds: float
    last: float = float("-inf")

    def is_up(self) -> bool:
        """Whether it is time again; if so the next interval begins."""
        if time.monotonic() - self.last < self.seconds:
            return False
        self.last = time.monotonic()
        return True


@dataclass
class Plan:
    """When the clock next has to ask for an office, or for the check of all rules (None)."""

    looks: dict[int | None, datetime] = field(default_factory=dict)
    #: When it has to ask for a person's digest.
    people: dict[int, datetime] = field(default_factory=dict)

    def due(self, now: datetime) -> list[Message[None]]:
        """Return the jobs whose moment has come."""
        keys = [key for key, moment in self.looks.items() if moment <= now]
        jobs = [check_job() if key is None else remind_job(key) for key in keys]
        return jobs + [digest_job(id) for id, moment in self.people.items() if moment <= now]


@dataclass
class Looks:
    """What was worked out before of when people's schedules ring: hundreds of them change seldom."""

    known: dict[tuple[object, ...], tuple[datetime, datetime]] = field(default_factory=dict)

    def next(self, line: str, timezone: str, ran_until: datetime | None, now: datetime, closures: Closures) -> datetime:
        """Return what `next_look` does, worked out anew only when its moment came or the clock went back."""
        key = (line, timezone, ran_until, closures)
        since, moment = self.known.get(key, (now, now))
        if not since <= now < moment:
            moment = next_look(line, timezone, ran_until, now, closures)
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[key] = now, moment
        return moment


def read_plan(session: Session, now: datetime, known: Looks | None = None) -> Plan:
    """Read the offices and people, and how far their schedules have come."""
    ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
    # All are at hand, so that none is asked for above another.
    offices = session.scalars(select(Office)).all()
    closures = read_closures(session)
    looks: dict[int | None, datetime] = {}
    for office in offices:
        try:
            line = usable_schedule(office.code, office.schedule)
            since, window = ran_until.get(office_name(office.code)), settings_of_one(session, office).window
            looks[office.id] = next_look(line, office.timezone, since, now, closures, window=window)
        except (ValueError, LookupError, OSError) as error:
            # One office's bad record must not stop the clock of all.
            log.warning("an office gets no reminders", office=office.code, why=str(error))
    owed = due_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, ran_until.get(CHECK_NAME), now)
    looks[None] = now if owed else next_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, now)
    known = known or Looks()
    people: dict[int, datetime] = {}
    for own in people_to_tell(session, now=now):
        try:
            ran = ran_until.get(person_name(own.slack_id))
            people[own.person_id] = known.next(own.line, own.timezone, ran, now, closures)
        except (ValueError, LookupError, OSError) as error:
            log.warning("a person gets no digest", person=own.slack_id, why=str(error))
    return Plan(looks, people)


@dataclass
class Clock:
    """One clock among several, the leader or not."""

    engine: Engine
    jobs: Jobs
    now: Callable[[], datetime]
    known: Looks = field(default_factory=Looks)
    homes: Homes = field(default_factory=Homes)

    def run(self, wait: Wait) -> None:
        """Tick until `wait` says that we were asked to stop; lost connections are made anew."""
        while not wait(0):
            try:
                with self._connect() as connection:
                    while not self._leads(connection):
                        if wait(LOOK_EVERY):
                            return
                    log.info("this clock leads")
                    self._lead(connection, wait)
            except (psycopg.OperationalError, DBAPIError, SetupError) as error:
                log.warning("the clock starts anew", why=_first_line(error))
                wait(LOOK_EVERY)

    def _connect(self) -> psycopg.Connection:
        """Connect apart from the pool: the lock and the announcements live as long as the connection."""
        url = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=5,
            application_name="alliance-clock",
            # A leader whose machine vanished is noticed by both sides within seconds, not hours.
            keepalives_idle=5,
            keepalives_interval=3,
            keepalives_count=3,
            tcp_user_timeout=15_000,
        )

    def _leads(self, connection: psycopg.Connection) -> bool:
        row = connection.execute("select pg_try_advisory_lock(%s)", (LEADING_CLOCK,)).fetchone()
        return bool(row and row[0])

    def _lead(self, connection: psycopg.Connection, wait: Wait) -> None:
        connection.execute(f"listen {OUTBOX}")
        connection.execute(f"listen {CHANGES}")
        connection.execute(f"listen {IMPORTS_WAIT}")
        plan, self.homes = Plan(), Homes()
        look, refresh, sweep, beat = map(Rhythm, (LOOK_EVERY, REFRESH_EVERY, SWEEP_EVERY, BEAT_EVERY))
        while not wait(0):
            try:
                if beat.is_up():
                    self._beat()
                if look.is_up():
                    plan = self._look(plan, anew=refresh.is_up())
                if sweep.is_up():
                    self.sweep()
                    self.homes.ask_again(self.engine, self.jobs)
                self.homes.ask(self.engine, self.jobs, self.now())
                for notice in connection.notifies(timeout=BLOCK, stop_after=1):
                    if notice.channel == CHANGES:
                        self.homes.changed = True
                    else:
                        self._announced(notice.channel, notice.payload)
            except redis.RedisError as error:
                log.warning("the queue cannot be reached; nothing is lost", why=_first_line(error))
                wait(LOOK_EVERY)

    def _look(self, plan: Plan, *, anew: bool) -> Plan:
        """Ask for what is due by the plan, which is read again when it is old and before it is believed."""
        now = self.now()
        if anew or plan.due(now):
            with Session(self.engine) as session:
                plan = read_plan(session, now, self.known)
            jobs = plan.due(now)
            if jobs:
                self.jobs.send_missing(jobs)
        return plan

    def sweep(self) -> None:
        """Ask for every message, document and import that waits and is not in the queue, for whatever reason."""
        with Session(self.engine) as session:
            documents = awaited_documents(session, now=self.now())
            imports = waiting_imports(session, now=self.now())
            waiting: Iterable[uuid.UUID] = [*waiting_messages(session, now=self.now()), *abandoned_messages(session)]
        jobs = [*map(deliver_job, waiting), *map(fetch_job, documents), *map(import_job, imports)]
        if jobs and (sent := self.jobs.send_missing(jobs)):
            log.info("swept", jobs=sent)

    def _beat(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "insert into schedules (name, ran_until) values (:name, clock_timestamp())"
                    " on conflict (name) do update set ran_until = excluded.ran_until"
                ),
                {"name": HEARTBEAT},
            )

    def _announced(self, channel: str, payload: str) -> None:
        try:
            id = uuid.UUID(payload)
        except ValueError:
            log.warning("an announcement names nothing", payload=payload[:80])
            return
        self.jobs.send(import_job(id) if channel == IMPORTS_WAIT else deliver_job(id, ANSWERS))


def heartbeat_age(session: Session) -> timedelta | None:
    """Return how long ago the clock last ticked, by the database's clock; None when it never did."""
    age: timedelta | None = session.scalar(
        text("select clock_timestamp() - ran_until from schedules where name = :name"), {"name": HEARTBEAT}
    )
    return age


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
