"""Slack itself breaks: nothing is lost, nothing is said twice."""

from __future__ import annotations

import pytest

from tests.faults.conftest import record_of, reminders, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

OFFICES = ("EAST", "WEST", "SOUTH")
FAULTS = {
    "post accepted, then no answer": {"what": "timeout", "accepted": True, "times": 2},
    "post accepted, then 503": {"what": "status", "status": 503, "accepted": True, "times": 2},
    "post accepted, then the line is cut": {"what": "drop", "accepted": True, "times": 2},
    "no answer": {"what": "timeout", "times": 2},
    "500": {"what": "status", "status": 500, "times": 2},
    "the line is cut": {"what": "drop", "times": 2},
    "429, six times, to wait two seconds": {"what": "ratelimited", "retry_after": 2, "times": 6},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_posts_go_wrong(world, fault):
    """Each message stands in its channel once, whatever became of its post."""
    world.offices(*OFFICES)
    world.fault("chat.postMessage", **FAULTS[fault])
    world.start("clock")
    world.start("worker")
    world.start("worker")
    until(world.struck, otherwise=world.tails)
    world.ends_well(len(OFFICES))


def test_everything_goes_wrong_by_chance(world):
    """With every call failing by chance, accepted or not, the day still ends with each message once."""
    world.offices(*OFFICES)
    for number, accepted in enumerate((True, False)):
        world.fault("*", "status", status=503, accepted=accepted, probability=0.4, seed=number, seconds=20)
    world.start("clock")
    world.start("worker")
    world.ends_well(len(OFFICES))


def test_archived_channel(world):
    """What an archived channel cannot hear goes up to the office above, once."""
    world.offices("REGION")
    with world.make() as session:
        region = session.connection().exec_driver_sql("select id from offices").scalar()
    world.slack.post("/control/workspace", channels=[{"id": "C0EAST", "name": "east"}])
    world.portfolio.office("EAST", channel="C0EAST", parent_id=region)
    world.slack.post("/control/channel", channel="C0EAST", archived=True)
    world.start("clock")
    world.start("worker")
    world.ends_well(2)
    assert [post["channel"] for post in reminders(record_of(world.slack))] == ["C0REGION", "C0REGION"]
