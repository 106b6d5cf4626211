"""Two clocks, two workers on one row, a month that passes in a moment: everything is said once."""

from __future__ import annotations

import pytest

from tests.faults.conftest import nothing_lost_nothing_doubled, until
from workers.broker import Jobs, connect
from workers.jobs import deliver_job

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

OFFICES = ("EAST", "WEST", "SOUTH")


def test_two_clocks_and_two_workers(world):
    """Of two clocks and two workers, each killed and made up for by the other, all together say everything once."""
    world.offices(*OFFICES)
    clocks = [world.start("clock") for _ in range(2)]
    workers = [world.start("worker") for _ in range(2)]
    world.ends_well(len(OFFICES))
    clocks[0].kill()
    workers[0].kill()
    world.slack.post("/control/clock", by_days=30)
    # A reminder and a reply in the thread of the first, for each office.
    world.ends_well(3 * len(OFFICES))


def test_two_workers_on_one_row(world):
    """However often the queue holds the same message, and whoever takes it, it is posted once."""
    message_id = world.portfolio.message()
    world.fault("chat.postMessage", "slow", accepted=True, delay=3, times=1)
    broker = connect(world.valkey_url)
    world.stack.callback(broker.close)
    Jobs(broker).send(*[deliver_job(message_id)] * 40)
    world.start("worker")
    world.start("worker")
    world.ends_well(1)


def test_a_month_passes_while_a_post_is_on_its_way(world):
    """A post is accepted, its answer is lost, and it is a month later: the old and the new are said once each."""
    world.offices(*OFFICES)
    world.fault("chat.postMessage", "timeout", accepted=True, times=3)
    world.start("clock")
    world.start("worker")
    until(lambda: world.struck(3), otherwise=world.tails)
    world.slack.post("/control/clock", by_days=30)
    # What is late answers the old message where that was found before the new was made; else it stands in the new.
    world.ends_well(*range(2 * len(OFFICES), 3 * len(OFFICES) + 1))


def test_a_restart_says_nothing_again(world):
    """Programs that are killed when all is said, and started again, say nothing."""
    world.offices(*OFFICES)
    first = [world.start("clock"), world.start("worker")]
    world.ends_well(len(OFFICES))
    for process in first:
        process.kill()
    world.valkey().flushall()
    world.start("clock")
    world.start("worker")
    until(lambda: b"alliance:worker" in world.valkey().keys("alliance:worker"), otherwise=world.tails)
    assert nothing_lost_nothing_doubled(world.make, world.slack) == len(OFFICES)
