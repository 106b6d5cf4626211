"""What a person does at the page while the bot, or its line to Slack, breaks: it counts once, and is shown once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from bot.commands import described
from models.duties import Message
from models.offices import Person, Position
from models.work import Meeting
from policy.rights import Role
from tests.bot.slack import LocalSlack
from tests.bot.slack import Person as AtThePage
from tests.faults.conftest import until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

MEETING = {"held": "held", "on": "2026-11-20", "format": "teleconference"}


@pytest.fixture
def ada(world) -> AtThePage:
    """The coordinator of an office whose reminder stands in its channel, with all programs running."""
    world.slack.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])
    world.slack.post("/control/app", name="Alliance", bot_user={"id": "UBOT", "name": "alliance"}, commands=described())
    enter_ada(world)
    for name in ("clock", "worker", "bot"):
        world.start(name)
    until(lambda: world.all_is_said(1) and connected(world), otherwise=world.tails)
    return AtThePage(LocalSlack(world.slack.address), "UADA", "C0EAST")


def enter_ada(world) -> None:
    """Enter the office with its channel, and Ada as its coordinator."""
    world.slack.post("/control/workspace", channels=[{"id": "C0EAST", "name": "east", "members": ["UADA", "UBOT"]}])
    office = world.portfolio.office("EAST", channel="C0EAST")
    with world.make.begin() as session:
        person = Person(slack_id="UADA", name="Ada Coordinator")
        session.add(person)
        session.flush()
        role = Role.ALLIANCE_COORDINATOR.value
        session.add(Position(person_id=person.id, office_id=office, role=role, held_from=date(2020, 1, 1)))


def connected(world) -> bool:
    """Whether the bot is connected."""
    return world.slack.get("/control/status")["connections"] > 0


def meetings(world) -> int:
    """Return how many meetings are on record."""
    with world.make() as session:
        return session.scalar(select(func.count()).select_from(Meeting))


def version(world) -> int:
    """Return how often the reminder had to be rewritten, and once more."""
    with world.make() as session:
        return session.scalar(select(Message.version))


def counted_once(world) -> None:
    """Wait until the meeting is on record and the reminder says so; then nothing is lost or doubled."""
    until(lambda: meetings(world) == 1 and version(world) == 2, otherwise=world.tails)
    world.ends_well(1)
    assert (meetings(world), version(world)) == (1, 2)
    assert len(world.slack.record("update")) >= 1


@pytest.mark.parametrize("fault", ["redeliver", "twice", "late_ack"])
def test_envelope_comes_again_or_is_acknowledged_late(world, ada, fault):
    """A form that Slack delivers again, twice at once, or gives up on, is one meeting."""
    ada.opens("/alliance meeting safe")
    world.fault("interactive", fault, times=1)
    ada.sends(**MEETING)
    counted_once(world)


def test_sockets_are_cut(world, ada):
    """With the form open all connections are cut; the bot comes back, and the form counts once."""
    ada.opens("/alliance meeting safe")
    world.slack.post("/control/sockets", do="drop")
    until(lambda: ada.sends(**MEETING).get("response_action") == "close" or meetings(world), otherwise=world.tails)
    counted_once(world)


def test_bot_is_killed_before_it_commits(world, ada):
    """What the bot had not committed did not happen; the person is told so, sends again, and it counts once."""
    ada.opens("/alliance meeting safe")
    with world.locked("lock table obligations in share row exclusive mode"):
        answer = ada.sends(**MEETING)
        assert answer.get("response_action") != "close", "Slack has given up: the person sees that it failed"
        assert world.somebody_waits()
        world.started[-1].kill()
        world.started[-1].wait()
    assert meetings(world) == 0
    until(lambda: not connected(world))
    world.start("bot")
    until(lambda: connected(world), otherwise=world.tails)
    ada.sends(**MEETING)
    counted_once(world)


def test_bot_is_killed_when_it_has_committed(world, ada):
    """What the bot had committed when it was killed stands, and the reminder is rewritten without it."""
    ada.opens("/alliance meeting safe")
    world.fault("chat.postEphemeral", "timeout")
    ada.sends(**MEETING)
    until(world.struck, otherwise=world.tails)
    world.started[-1].kill()
    world.mend()
    counted_once(world)
