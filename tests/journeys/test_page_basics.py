"""The page of the local Slack, as a person uses it: with a small app behind it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

pytestmark = pytest.mark.journey

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
PHONE = {"width": 360, "height": 740}


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
        client.views_open(trigger_id=command["trigger_id"], view=FORM)
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


@pytest.fixture
def desk(local_slack: Any, open_page: Any) -> Iterator[Desk]:
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
    yield desk
    handler.close()


def focused(page: Page) -> str:
    """Return the test id of what holds the keyboard."""
    return str(page.evaluate("document.activeElement?.dataset.testid ?? ''"))


def test_a_form_is_filled_by_keyboard_alone(desk: Desk) -> None:
    """A command is completed with Tab, a wrong value refused in place with all typed text kept, then accepted."""
    page = desk.visit()
    keys = page.keyboard
    expect(page.get_by_test_id("composer")).to_be_focused()

    keys.type("/fo")
    expect(page.get_by_test_id("suggestion-/form")).to_contain_text("Open the form")
    keys.press("Tab")
    expect(page.get_by_test_id("suggestion-record")).to_be_visible()
    keys.type("re")
    keys.press("Tab")
    assert page.get_by_test_id("composer").input_value() == "/form record "
    keys.press("Enter")

    expect(page.get_by_test_id("modal")).to_be_visible()
    expect(page.get_by_test_id("input-name")).to_be_focused()
    keys.type("Taken")
    keys.press("Tab")
    keys.type("1.5")
    keys.press("Enter")
    expect(page.get_by_test_id("error-people")).to_have_text("Please enter a whole number.")
    expect(page.get_by_test_id("input-people")).to_be_focused()
    keys.press("Control+A")
    keys.type("15")
    keys.press("Enter")
    expect(page.get_by_test_id("error-name")).to_have_text("Another visit has this name.")
    assert page.get_by_test_id("input-name").input_value() == "Taken"
    assert page.get_by_test_id("input-people").input_value() == "15"
    expect(page.get_by_test_id("input-name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("input-name")).to_be_focused()

    keys.press("Control+A")
    keys.type("Roof day")
    keys.press("Enter")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    expect(page.get_by_role("log").get_by_text("Roof day")).to_be_visible()
    expect(page.get_by_test_id("composer")).to_be_focused()


def test_the_keyboard_stays_inside_a_form(desk: Desk) -> None:
    """Tab goes round within the modal, forwards and backwards."""
    page = desk.visit()
    page.get_by_test_id("composer").fill("/form")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("input-name")).to_be_focused()
    for key in ["Tab"] * 20 + ["Shift+Tab"] * 20:
        page.keyboard.press(key)
        assert page.evaluate("Boolean(document.activeElement.closest('[data-testid=modal]'))")


def test_typed_text_survives_a_second_view_and_is_not_dropped_by_escape(desk: Desk) -> None:
    """A pushed view lies over the first one; Esc asks before anything typed is lost."""
    page = desk.visit()
    page.get_by_test_id("composer").fill("/form")
    page.keyboard.press("Enter")
    page.get_by_test_id("input-name").fill("Roof day")
    site = page.get_by_test_id("input-site")
    site.press_sequentially("north")
    page.get_by_role("option", name="north yard 2").click()
    page.get_by_test_id("action-push:note").click()
    expect(page.get_by_test_id("input-name")).to_have_count(0)
    page.get_by_test_id("input-note").fill("To be dropped")

    page.keyboard.press("Escape")
    page.get_by_test_id("confirm-no").click()
    expect(page.get_by_test_id("input-note")).to_have_value("To be dropped")
    page.keyboard.press("Escape")
    page.get_by_test_id("confirm-yes").click()
    expect(page.get_by_test_id("input-name")).to_have_value("Roof day")
    expect(site).to_have_value("north yard 2")


def test_a_thread_opens_and_takes_replies(desk: Desk) -> None:
    """The T key on a message opens its thread; a reply shows there and as a count under the message."""
    ts = desk.client.chat_postMessage(channel="C001", text="Who comes?")["ts"]
    page = desk.visit()
    message = page.locator("main").get_by_test_id(f"message-{ts}")
    message.focus()
    page.keyboard.press("t")
    expect(page.get_by_test_id("composer-thread")).to_be_focused()
    page.keyboard.type("I do, @ben")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("thread").get_by_text("@Ben Marsh")).to_be_visible()
    expect(message.get_by_test_id("replies")).to_contain_text("1 reply")

    page.reload()
    expect(page.get_by_test_id("thread").get_by_text("@Ben Marsh")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("thread")).to_be_hidden()


def test_one_person_acts_as_another(desk: Desk) -> None:
    """Another person is found by title; the address keeps who acts and where, through a reload."""
    page = desk.visit("C002")
    expect(page).to_have_url(re.compile(rf"#/{ADA}/C002$"))
    page.get_by_test_id("act-as").click()
    page.get_by_test_id("act-as-search").fill("director")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("act-as")).to_contain_text("Ben Marsh")
    expect(page).to_have_url(re.compile(rf"#/{BEN}/C002$"))
    page.reload()
    expect(page.get_by_test_id("act-as")).to_contain_text("Ben Marsh")
    page.get_by_test_id("composer").fill("Ben was here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Ben Marsh")).to_contain_text("Ben was here")


def test_the_clock_moves_and_says_what_came(desk: Desk) -> None:
    """A move is said in words; channels that then get messages are named and marked until they are read."""
    page = desk.visit()
    page.get_by_test_id("clock-month").click()
    expect(page.get_by_test_id("moved")).to_contain_text("Moved to Wednesday, December 23, 2026, 9:00 AM")
    expect(page.get_by_test_id("clock")).to_contain_text("Dec 23, 2026")

    desk.client.chat_postMessage(channel="C002", text="Due soon")
    expect(page.get_by_test_id("moved")).to_contain_text("New messages in #north")
    unread = page.get_by_role("region", name="Unread").get_by_test_id("channel-north")
    expect(unread).to_contain_text("1")
    unread.click()
    expect(page.get_by_role("log").get_by_text("Due soon")).to_be_visible()
    page.get_by_test_id("channel-start").click()
    expect(page.get_by_role("region", name="Unread")).to_have_count(0)

    page.get_by_test_id("clock-date").click()
    page.get_by_test_id("clock-date-input").fill("2026-12-01")
    page.get_by_test_id("clock-move").click()
    expect(page.get_by_test_id("clock-error")).to_contain_text("only moves forward")


def test_a_phone_shows_one_pane_at_a_time(desk: Desk) -> None:
    """At 360 pixels the channels are a drawer, nothing scrolls sideways, the clock's buttons unfold."""
    page = desk.visit(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_test_id("channel-south")).to_be_hidden()
    page.get_by_test_id("drawer").click()
    page.get_by_test_id("channel-south").click()
    expect(page.get_by_test_id("channel-south")).to_be_hidden()
    expect(page.get_by_test_id("channel-title")).to_have_text("south")
    expect(page.get_by_test_id("clock-week")).to_be_hidden()
    page.get_by_role("button", name="Move the clock", exact=True).click()
    page.get_by_test_id("clock-week").click()
    expect(page.get_by_test_id("moved")).to_contain_text("November 30, 2026")
    page.get_by_test_id("composer").fill("/form")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("modal-submit")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_pressed_button_waits_for_its_answer(desk: Desk) -> None:
    """A button shows that it is working until the app has answered."""
    button = {"type": "button", "text": plain("Check"), "action_id": "wait:long"}
    desk.client.chat_postMessage(channel="C001", text="Check?", blocks=[{"type": "actions", "elements": [button]}])
    page = desk.visit()
    face = page.get_by_test_id("action-wait:long")
    face.click()
    expect(face).to_have_attribute("aria-busy", "true")
    desk.hold.set()
    expect(face).not_to_have_attribute("aria-busy", "true")


def test_what_people_type_is_text_and_never_markup(desk: Desk) -> None:
    """Tags in messages and in the app's words are shown as they were typed."""
    page = desk.visit()
    typed = "<img src=x onerror=alert(1)> & *bold*"
    page.get_by_test_id("composer").fill(typed)
    page.keyboard.press("Enter")
    said = page.get_by_role("log").get_by_role("article").last
    expect(said).to_contain_text("<img src=x onerror=alert(1)> & bold")
    expect(said.locator("strong")).to_have_text("bold")
    expect(said.locator("img")).to_have_count(0)
