"""The bot over HTTP as a process of its own: started by the settings, and stopped without losing what is at work."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from bot.manifest import registered
from tests.bot.slack import LocalSlack
from tests.bot.slack import Person as AtThePage
from tests.faults.conftest import until
from tests.faults.test_bot import MEETING, enter_ada, meetings

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

SECRET = "0123456789abcdef0123456789abcdef"


def is_ready(address: str) -> bool:
    """Whether the bot says that it is ready."""
    with suppress(URLError, ConnectionError), urlopen(f"http://{address}/readyz", timeout=10) as answer:
        return answer.read() == b"ok\n"
    return False


@pytest.fixture
def ada(world) -> AtThePage:
    """A coordinator whose commands come to the bot over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    del world.environment["SLACK_APP_TOKEN"]
    world.environment |= {"SLACK_SIGNING_SECRET": SECRET, "BOT_ADDRESS": address}
    app = {"name": "Alliance", "bot_user": {"id": "UBOT", "name": "alliance"}, **registered()}
    world.slack.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])
    world.slack.post("/control/app", **app, request_url=f"http://{address}/slack/events", signing_secret=SECRET)
    enter_ada(world)
    world.start("bot")
    until(lambda: is_ready(address), 60, world.tails)
    yield AtThePage(LocalSlack(world.slack.address), "UADA", "C0EAST")
    world.slack.post("/control/app", **app)


def test_what_is_at_work_is_ended_before_the_bot_stops(world, ada):
    """A form that is being recorded when the bot is asked to stop is recorded, and its sender told; then it is gone."""
    ada.opens("/alliance meeting safe")
    values, answers = ada.fills(**MEETING), []
    send = {"user": "UADA", "view_id": ada.modal()["id"], "values": values}
    sending = threading.Thread(target=lambda: answers.append(world.slack.post("/client/submit", **send)))
    with world.locked("lock table obligations in share row exclusive mode"):
        sending.start()
        until(world.somebody_waits, 60, world.tails)
        world.started[-1].send_signal(signal.SIGTERM)
    sending.join(60)
    assert answers[0]["response_action"] == "close", world.tails()
    assert world.started[-1].wait(60) == 0
    assert meetings(world) == 1
    told = [each["text"] for each in world.slack.record("ephemeral")]
    assert [text for text in told if "team meeting held" in text], told
