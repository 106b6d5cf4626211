"""A small app behind the local Slack's page, with people, channels and a form."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

ADA, BEN = "U001", "U002"
PEOPLE = [
    {"id": ADA, "name": "ada", "real_name": "Ada Stone", "title": "Coordinator", "tz": "America/New_York"},
    {"id": BEN, "name": "ben", "real_name": "Ben Marsh", "title": "Area Director", "tz": "America/Chicago"},
]
CHANNELS = [
    {"id": f"C{number:03}", "name": name, "topic": f"About {name}", "members": "everyone"}
    for number, name in enumerate(["start", "north", "south"], 1)
]
COMMANDS = [
    {
        "command": "/form",
        "description": "Open the form",
        "usage_hint": "[word]",
        "words": [{"word": "record", "description": "Record a visit"}, {"word": "list", "description": "List all"}],
    }
]


def plain(text: str) -> dict[str, str]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def asked(block: str, label: str, **element: Any) -> dict[str, Any]:
    """Return an input block; its element's action id is `v`."""
    return {"type": "input", "block_id": block, "label": plain(label), "element": {"action_id": "v", **element}}


FORM = {
    "type": "modal",
    "callback_id": "visit",
    "title": plain("Record a visit"),
    "submit": plain("Record"),
    "blocks": [
        asked("name", "Name", type="plain_text_input"),
        asked("people", "People", type="number_input", is_decimal_allowed=False, min_value="1"),
        asked("held", "Held on", type="datepicker", initial_date="2026-11-20"),
        asked("site", "Site", type="external_select", min_query_length=1) | {"optional": True},
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "text": plain("Add a note"), "action_id": "push:note"}],
        },
    ],
}
FILE = {
    "type": "modal",
    "callback_id": "file",
    "title": plain("The letter"),
    "submit": plain("Record"),
    "blocks": [asked("proof", "Letter", type="file_input", filetypes=["pdf"], max_files=1)],
}
NOTE = {
    "type": "modal",
    "callback_id": "note",
    "title": plain("A note"),
    "submit": plain("Keep"),
    "blocks": [asked("note", "Note", type="plain_text_input")],
}


@dataclass
class Desk:
    """A workspace with an app in it, and the page's opener."""

    address: str
    client: WebClient
    open_page: Callable[..., Page]
    hold: threading.Event = field(default_factory=threading.Event)

    def visit(self, place: str = f"{ADA}/C001", **options: Any) -> Page:
        """Open the page at a place, ready to type."""
        page = self.open_page(f"{self.address}/#/{place}", **options)
        expect(page.get_by_test_id("composer")).to_be_visible()
        return page


def answer(app: App, desk: Desk) -> None:
    """Give the app what it answers to."""

    @app.command("/form")
    def form(ack: Any, command: Any, client: WebClient) -> None:
        client.views_open(trigger_id=command["trigger_id"], view=FILE if command["text"] == "file" else FORM)
        ack()

    @app.view("file")
    def attached(ack: Any, view: Any, body: Any, client: WebClient) -> None:
        (file,) = view["state"]["values"]["proof"]["v"]["files"]
        client.chat_postEphemeral(channel="C002", user=body["user"]["id"], text=f"Attached: {file['name']}")
        ack()

    @app.action("push:note")
    def push(ack: Any, body: Any, client: WebClient) -> None:
        client.views_push(trigger_id=body["trigger_id"], view=NOTE)
        ack()

    @app.options("v")
    def sites(ack: Any, payload: Any) -> None:
        ack(options=[{"text": plain(f"{payload['value']} yard {number}"), "value": str(number)} for number in (1, 2)])

    @app.view("note")
    def kept(ack: Any) -> None:
        ack()

    @app.view("visit")
    def visit(ack: Any, view: Any, body: Any, client: WebClient) -> None:
        name = view["state"]["values"]["name"]["v"]["value"]
        if name == "Taken":
            ack(response_action="errors", errors={"name": "Another visit has this name."})
            return
        ack()
        client.chat_postMessage(channel="C001", text=f"*{name}* recorded by <@{body['user']['id']}>")

    @app.action("wait:long")
    def wait(ack: Any) -> None:
        desk.hold.wait(2)
        ack()


@contextmanager
def desk_at(local_slack: Any, open_page: Any) -> Iterator[Desk]:
    """A workspace of two people and three channels at 9:00 on a Monday, its app connected."""
    local_slack.post("/control/clock", {"to": "2026-11-23T14:00:00+00:00", "force": True})
    local_slack.post(
        "/control/workspace",
        {"team": {"id": "T1", "name": "Test office", "domain": "test"}, "users": PEOPLE, "channels": CHANNELS},
    )
    bot = {"id": "UBOT", "name": "helper", "real_name": "Helper"}
    local_slack.post("/control/app", {"name": "Helper", "bot_user": bot, "commands": COMMANDS, "shortcuts": []})
    client = WebClient(token="xoxb-test", base_url=f"{local_slack.address}/api/")
    desk = Desk(local_slack.address, client, open_page)
    app = App(client=client)
    answer(app, desk)
    handler = SocketModeHandler(app, "xapp-test")
    handler.connect()
    local_slack.wait_for_app()
    try:
        yield desk
    finally:
        handler.close()
