"""Jobs through the real queue."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime

from dramatiq import Worker
from sqlalchemy import distinct, func, select

from models.duties import NoticeStatus, Obligation, Schedule
from models.offices import Person, Position
from operations.actor import identify
from operations.records.attach_document import Attached
from operations.records.import_for import Imported
from operations.records.imports import ask_import
from operations.remind.fold_messages import fold_messages
from operations.remind.look_again import CHECK_NAME
from policy.rights import Role
from tests.workers.conftest import add_office
from workers.actors import Tools, declare
from workers.broker import Jobs, connect
from workers.check import check_all, check_between, waiting
from workers.clock import Clock
from workers.jobs import ANSWERS, CHECKS, QUEUES, batch_job, check_job, deliver_job, import_job, remind_job
from workers.pacer import Pacer
from workers.remind import spread_check

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def two_messages(portfolio) -> list[uuid.UUID]:
    """Make two offices, each with a message of today."""
    ids = [portfolio.office("FIRST"), portfolio.office("SECOND")]
    check_all(portfolio.sessions, now=NOW)
    with portfolio.sessions.begin() as session:
        return [made for id in ids for made in fold_messages(session, office_id=id, day=NOW.date(), now=NOW)]


def test_waiting_for_slack_holds_nobody_up(jobs, portfolio, line, slack, eventually):
    """When Slack asks to wait seven seconds for one message, the single thread delivers the other at once."""
    first, second = two_messages(portfolio)
    line.faults["chat.postMessage"] = ["429"]
    jobs.send(deliver_job(first), deliver_job(second))
    began = time.monotonic()
    eventually(lambda: len(slack.posts) == 1)
    assert portfolio.read(first).status == NoticeStatus.PENDING
    assert jobs.send_missing([deliver_job(first)]) == 0, "what waits to be tried again is queued"
    eventually(lambda: len(slack.posts) == 2, 12)
    assert time.monotonic() - began >= 7
    eventually(lambda: jobs.depth(QUEUES) == 0)


def test_waiting_for_its_turn_is_no_failed_try(valkey_url, delivery, portfolio, slack, eventually):
    """A message that Slack's limits hold back is queued again, known to the sweep, and posted at its moment."""
    first, second = two_messages(portfolio)
    broker = connect(valkey_url)
    jobs = Jobs(broker)
    declare(broker, Tools(replace(delivery, pacer=Pacer(broker.client, 300)), jobs))
    worker = Worker(broker, worker_threads=1, worker_timeout=100)
    jobs.send(deliver_job(first), deliver_job(second, ANSWERS))
    worker.start()
    eventually(lambda: len(slack.posts) == 1, 20)
    assert jobs.send_missing([deliver_job(first), deliver_job(second)]) == 0
    eventually(lambda: len(slack.posts) == 2, 20)
    eventually(lambda: jobs.depth(QUEUES) == 0)
    worker.stop(timeout=5_000)
    broker.close()
    assert [portfolio.read(id).attempts for id in (first, second)] == [1, 1]


def test_reminding_an_office_posts_its_message(jobs, portfolio, slack, eventually):
    """The job of an office checks its alliances, folds and posts; a second one does nothing."""
    office_id = portfolio.office()
    jobs.send(remind_job(office_id), remind_job(office_id), check_job())
    eventually(lambda: len(slack.posts) == 1)
    eventually(lambda: jobs.depth(QUEUES) == 0)
    jobs.send(remind_job(office_id))
    eventually(lambda: jobs.depth(QUEUES) == 0)
    assert len(slack.posts) == 1


def test_job_reaches_an_idle_worker_quickly(jobs, portfolio, slack, eventually):
    """From the queue to Slack it takes a fraction of a second though the worker was idle."""
    first, second = two_messages(portfolio)
    time.sleep(2)
    took = []
    for number, message_id in enumerate((first, second), start=1):
        began = time.monotonic()
        jobs.send(deliver_job(message_id))
        eventually(lambda n=number: len(slack.posts) == n)
        took.append(time.monotonic() - began)
        time.sleep(1)
    assert min(took) < 0.6


def test_message_that_is_not_there_is_nothing(jobs, slack, eventually):
    """An id that nobody knows is dropped without an error."""
    jobs.send(deliver_job(uuid.uuid4()))
    eventually(lambda: jobs.depth(QUEUES) == 0)
    assert slack.posts == []


def test_the_daily_check_is_done_in_batches(jobs, portfolio, sessions, eventually):
    """The clock's job spreads what waits over batches, and notes the check as done when nothing waits any more."""
    portfolio.office(alliances=250)
    night = datetime(2026, 11, 24, 5, 6, tzinfo=UTC)
    assert spread_check(sessions, jobs, now=lambda: night) is False
    eventually(lambda: spread_check(sessions, jobs, now=lambda: night), 60)
    assert remaining(sessions, night) == []
    with sessions() as session:
        assert session.scalar(select(Schedule.ran_until).where(Schedule.name == CHECK_NAME)) == night
        assert session.scalar(select(func.count(distinct(Obligation.alliance_id)))) == 250


def test_batches_that_the_queue_lost_are_asked_for_again(valkey_url, sessions, portfolio, eventually):
    """While batches are queued none is added; when the queue has lost them, what still waits is asked for anew."""
    portfolio.office(alliances=3)
    night = datetime(2026, 11, 24, 5, 6, tzinfo=UTC)
    broker = connect(valkey_url)
    broker.declare_queue(CHECKS)
    jobs = Jobs(broker)
    assert spread_check(sessions, jobs, now=lambda: night) is False
    assert spread_check(sessions, jobs, now=lambda: night) is False
    assert jobs.depth([CHECKS]) == 1
    broker.flush(CHECKS)
    check_between(sessions, 1, 2, now=night)
    assert spread_check(sessions, jobs, now=lambda: night) is False
    assert jobs._queued(CHECKS) == {(batch_job(3, 3).actor_name, (3, 3))}
    broker.close()


def test_an_import_that_waits_is_asked_for_once(own_engine, sessions, valkey_url):
    """The sweep finds it whatever became of its announcement; while it is queued none is added."""
    with sessions.begin() as session:
        person = Person(slack_id="UADA", name="Ada")
        session.add(person)
        session.flush()
        held = {"office_id": add_office(session).id, "role": Role.ALLIANCE_COORDINATOR.value}
        session.add(Position(person_id=person.id, held_from=NOW.date(), **held))
        by = identify(session, "UADA", now=NOW)
        id = ask_import(session, what=Imported.ALLIANCES, attached=Attached("F1", "a.csv", 9), by=by, now=NOW)
    broker = connect(valkey_url)
    jobs, job = Jobs(broker), import_job(id)
    for _ in range(2):
        Clock(own_engine, jobs, lambda: NOW).sweep()
        assert jobs._queued(CHECKS) == {(job.actor_name, job.args)}
    broker.close()


def remaining(sessions, now) -> list[int]:
    """Return who still has to be looked at."""
    with sessions() as session:
        return waiting(session, now=now)
