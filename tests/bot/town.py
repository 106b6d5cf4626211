"""A local Slack with three workspaces, and a bot that serves them; the fixtures are imported where they are used."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from bot.app import build_app
from bot.http_mode import listening
from bot.manifest import registered
from bot.socket_mode import Connection
from tests.bot.conftest import AREA_CHANNEL, serving
from tests.bot.installing import (
    OAUTH,
    TEAMS,
    flow_of,
    workspaces_at,
)
from tests.bot.slack import Person

SECRET = "e" * 32
PEOPLE = {"UADA": "T1", "URITA": "T1", "UBEA": "T2", "UCAL": "T3"}
APP = {"name": "Alliance", "bot_user": {"id": "UBOT", "name": "alliance"}, **registered(several=True), **OAUTH}


@pytest.fixture(name="town", scope="module")
def running_town():
    """A local Slack with three workspaces; the third belongs to an organization."""
    with serving() as local:
        users = [{"id": id, "name": id.lower(), "team": team} for id, team in PEOPLE.items()]
        local.post("/control/workspace", team=TEAMS[0], teams=TEAMS, users=users)
        local.post("/control/app", **APP)
        channels = [{"id": f"C0ROOM{number}", "name": f"room{number}", "team": f"T{number}"} for number in (1, 2, 3)]
        area = {"id": AREA_CHANNEL, "name": "wilmington", "team": "T1"}
        local.post("/control/workspace", channels=[area, *channels])
        yield local


@pytest.fixture(name="several")
def known_workspaces(town, world, sample_engine):
    """What the bot knows of them."""
    return workspaces_at(town.address, world, lambda: world.now)


@pytest.fixture(name="bot", params=["http"])
def serving_bot(request, town, world, several):
    """A bot that serves them; its address on the web, where the pages for installations are."""
    client = WebClient(base_url=f"{town.address}/api/")
    app = build_app(client, world, lambda: world.now, SECRET, deliveries=world.deliveries, workspaces=several)
    flow = flow_of(several, town.address, "http://127.0.0.1")
    http = request.param == "http"
    with listening(app if http else None, "127.0.0.1", 0, at_once=4, install=flow) as where:
        if http:
            there = {"request_url": f"http://{where}/slack/events", "signing_secret": SECRET}
            town.post("/control/app", **APP, **there)
        else:
            handler = Connection(app, "xapp-test")
            handler.connect()
        yield f"http://{where}"
        town.post("/control/app", **APP)
        if not http:
            handler.close()
    app.listener_runner.listener_executor.shutdown()


def person(town, id):
    """Let somebody sit in the room of their workspace."""
    return Person(town, id, f"C0ROOM{PEOPLE[id][1]}")
