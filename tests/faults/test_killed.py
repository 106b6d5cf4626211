"""kill -9 of worker and clock at every step of a reminder: nothing is lost, nothing is said twice."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import select

from models.duties import NoticeStatus
from models.offices import Office
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from tests.faults.conftest import record_of, reminders, until
from tests.workers.conftest import NOW, TODAY
from workers.broker import Jobs, connect
from workers.jobs import QUEUES, deliver_job

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

OFFICES = ("EAST", "WEST", "SOUTH")
SLOW = {"on": "chat.postMessage", "what": "slow", "accepted": True, "delay": 5, "times": 1}


def stop_folding(world, stack):
    """Stop a worker while it makes the day's messages."""
    stack.enter_context(world.locked("lock table messages in share row exclusive mode"))
    return world.somebody_waits


def stop_claim(world, stack):
    """Stop a worker before its claim is committed."""
    world.portfolio.message()
    stack.enter_context(world.locked("lock table messages in share row exclusive mode"))
    return world.somebody_waits


def stop_post(world, stack):
    """Stop a worker after its claim, before Slack has the message."""
    world.fault("chat.postMessage", "timeout", times=1)
    return world.struck


def stop_answer(world, stack):
    """Stop a worker when Slack has the message, and the worker does not know."""
    world.fault("chat.postMessage", "timeout", accepted=True, times=1)
    return world.struck


def stop_commit(world, stack):
    """Stop a worker that has Slack's answer before it has noted it."""
    world.fault(**SLOW)

    def stopped() -> bool:
        if not locked and world.struck():
            stack.enter_context(world.locked("lock table messages in share row exclusive mode"))
            locked.append(True)
        return bool(locked) and world.somebody_waits()

    locked: list[bool] = []
    return stopped


def stop_acknowledgement(world, stack):
    """Stop a worker that has noted everything before the queue knows that the job is done."""
    world.fault(**SLOW)

    def stopped() -> bool:
        if not paused and world.struck():
            client = world.valkey()
            client.execute_command("CLIENT", "PAUSE", 300_000, "WRITE")
            stack.callback(client.execute_command, "CLIENT", "UNPAUSE")
            paused.append(True)
        return bool(paused) and NoticeStatus.SENT in world.statuses()

    paused: list[bool] = []
    return stopped


STEPS = [stop_folding, stop_claim, stop_post, stop_answer, stop_commit, stop_acknowledgement]


@pytest.mark.parametrize("step", STEPS)
def test_worker_is_killed(world, step):
    """Wherever a worker is killed, the next one says what is left to say, and nothing else."""
    if step is not stop_claim:
        world.offices(*OFFICES)
    with ExitStack() as stack:
        stopped = step(world, stack)
        world.start("clock")
        victim = world.start("worker")
        until(stopped, otherwise=world.tails)
        victim.kill()
        victim.wait()
    world.mend()
    world.start("worker")
    world.ends_well(1 if step is stop_claim else len(OFFICES))


def test_worker_is_killed_in_the_middle_of_a_batch(world):
    """With some of a batch posted, one on its way and some not begun, the next worker says what is left to say."""
    world.offices(*OFFICES, "NORTH", "MIDDLE")
    with world.make.begin() as session:
        check_rules(session, now=NOW)
        offices = session.scalars(select(Office.id).order_by(Office.id)).all()
        ids = [id for office in offices for id in fold_messages(session, office_id=office, day=TODAY, now=NOW)]
    world.fault("chat.postMessage", "timeout", accepted=True, channel="C0SOUTH", times=1)
    # The pacer has nothing to wait for, and the worker is asked for one message only.
    world.valkey().set("alliance:pace:epoch", 1)
    broker = connect(world.valkey_url)
    world.stack.callback(broker.close)
    Jobs(broker).send(deliver_job(ids[0]))
    victim = world.start("worker")
    until(world.struck, otherwise=world.tails)
    assert world.statuses() == [NoticeStatus.CLAIMED] * len(ids)
    assert len(reminders(record_of(world.slack))) == len(OFFICES)
    victim.kill()
    victim.wait()
    world.start("clock")
    world.start("worker")
    world.ends_well(len(ids))


def clock_reads(world, stack):
    """Stop the clock while it reads the plan."""
    stack.enter_context(world.locked("lock table schedules in access exclusive mode"))
    return world.somebody_waits


def clock_queues(world, stack):
    """Stop the clock while it hands jobs to the queue."""
    client = world.valkey()
    client.execute_command("CLIENT", "PAUSE", 300_000, "WRITE")
    stack.callback(client.execute_command, "CLIENT", "UNPAUSE")
    with world.make() as session:
        locks = "select count(*) from pg_locks where locktype = 'advisory' and granted"
        assert session.connection().exec_driver_sql(locks).scalar() == 0

    def leads() -> bool:
        with world.make() as session:
            return bool(session.connection().exec_driver_sql(locks).scalar())

    return leads


def clock_has_queued(world, stack):
    """Let the clock come as far as the queue, with nobody to take the jobs from it."""
    client = world.valkey()
    return lambda: any(client.hlen(f"alliance:{queue}.msgs") for queue in QUEUES)


@pytest.mark.parametrize("step", [clock_reads, clock_queues, clock_has_queued])
def test_clock_is_killed(world, step):
    """Wherever the clock is killed, the next one asks for what is due, and it is said once."""
    world.offices(*OFFICES)
    with ExitStack() as stack:
        stopped = step(world, stack)
        victim = world.start("clock")
        until(stopped, otherwise=world.tails)
        victim.kill()
        victim.wait()
    world.start("clock")
    world.start("worker")
    world.ends_well(len(OFFICES))
