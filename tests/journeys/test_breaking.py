"""The panel in which a developer breaks the local Slack, and mends it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

pytestmark = pytest.mark.journey

ADA = "U001"
PHONE = {"width": 360, "height": 740}


@dataclass
class Desk:
    """A local Slack with one person in two channels, its app connected."""

    slack: Any
    client: WebClient
    open_page: Callable[..., Page]

    def visit(self, **options: Any) -> Page:
        """Open the first channel as Ada."""
        return self.open_page(f"{self.slack.address}/#/{ADA}/C001", **options)

    def posted(self) -> list[str]:
        """Return what was really posted."""
        return [entry["text"] for entry in self.slack.get("/control/record") if entry["kind"] == "post"]


@pytest.fixture
def desk(local_slack: Any, open_page: Callable[..., Page]) -> Iterator[Desk]:
    """Set that up."""
    local_slack.post(
        "/control/workspace",
        {
            "team": {"id": "T1", "name": "Test office", "domain": "test"},
            "users": [{"id": ADA, "name": "ada", "real_name": "Ada Stone", "tz": "America/New_York"}],
            "channels": [{"id": f"C00{n}", "name": name} for n, name in enumerate(["north", "south"], 1)],
        },
    )
    bot = {"id": "UBOT", "name": "helper", "real_name": "Helper"}
    commands = [{"command": "/try", "description": "Try it"}]
    local_slack.post("/control/app", {"name": "Helper", "bot_user": bot, "commands": commands})
    client = WebClient(token="xoxb-test", base_url=f"{local_slack.address}/api/", timeout=1, retry_handlers=[])
    app = App(client=client)
    app.command("/try")(lambda ack: ack("tried"))
    handler = SocketModeHandler(app, "xapp-test")
    handler.connect()
    local_slack.wait_for_app()
    yield Desk(local_slack, client, open_page)
    handler.close()


def look(page: Page, name: str) -> None:
    """Keep a picture where SCREENSHOTS names a folder."""
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png")


def test_the_next_post_is_taken_and_never_answered(desk: Desk) -> None:
    """Two presses break the next post; what is broken is shown until it has struck, and the post stands."""
    page = desk.visit()
    expect(page.get_by_test_id("broken")).to_be_hidden()
    page.get_by_test_id("break").click()
    expect(page.get_by_test_id("break-panel")).to_contain_text("Nothing is broken.")
    look(page, "break-panel")
    page.get_by_test_id("break-taken-unanswered").click()
    said = "chat.postMessage: taken, but never answered"
    expect(page.get_by_test_id("break-panel")).to_contain_text(f"{said} 1 more time")
    page.get_by_test_id("break-close").click()
    expect(page.get_by_test_id("break")).to_be_focused()
    expect(page.get_by_test_id("broken")).to_have_text(f"Broken on purpose: {said}.Show")
    look(page, "broken-line")

    with pytest.raises(TimeoutError):
        desk.client.chat_postMessage(channel="C001", text="It stands.")
    expect(page.get_by_role("log").get_by_text("It stands.")).to_be_visible()
    expect(page.get_by_test_id("broken")).to_be_hidden()
    assert desk.posted() == ["It stands."]


def test_a_person_is_put_out_of_reach_where_one_acts_as_them(desk: Desk) -> None:
    """Do-not-disturb stands with the person; the line under the header says it and leads to the way back."""
    page = desk.visit()
    page.get_by_test_id("act-as").click()
    expect(page.get_by_test_id("me-deactivate")).to_have_text("Deactivate Ada Stone")
    look(page, "act-as")
    page.get_by_test_id("me-quiet-hour").click()
    expect(page.get_by_test_id("broken")).to_contain_text("Ada Stone has do-not-disturb on")


def test_the_app_stands_once_in_the_side(desk: Desk) -> None:
    """What it wrote in person is marked at its one row, which leads there."""
    page = desk.visit()
    opened = desk.client.conversations_open(users=ADA)["channel"]["id"]
    desk.client.chat_postMessage(channel=opened, text="In person.")
    row = page.get_by_test_id("app-home")
    expect(row).to_contain_text("1 unread")
    expect(page.locator(".lists").get_by_text("Helper", exact=True)).to_have_count(1)
    row.click()
    expect(page.get_by_role("log").get_by_text("In person.")).to_be_visible()


def test_things_are_broken_and_mended_by_keyboard(desk: Desk) -> None:
    """The panel opens, breaks only this channel, mends one thing and then all, without a mouse."""
    page = desk.visit()
    keys = page.keyboard
    page.get_by_test_id("break").focus()
    keys.press("Enter")
    page.get_by_test_id("break-where").focus()
    keys.type("Only")
    page.get_by_test_id("break-too-many").focus()
    keys.press("Enter")
    expect(page.get_by_test_id("mend-F1")).to_have_accessible_name("Remove: chat.* in #north: 429, too many requests")
    page.get_by_test_id("break-twice").focus()
    keys.press("Space")
    page.get_by_test_id("break-limits").focus()
    keys.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="own rate limits are enforced")).to_be_visible()
    look(page, "broken-panel")
    desk.client.chat_postMessage(channel="C002", text="Elsewhere it works.")

    page.get_by_test_id("mend-F1").focus()
    keys.press("Enter")
    expect(page.get_by_test_id("mend-F1")).to_have_count(0)
    expect(page.get_by_test_id("mend-F2")).to_be_focused()
    page.get_by_test_id("break-mend").focus()
    keys.press("Enter")
    expect(page.get_by_test_id("break-told")).to_have_text("Everything works again.")
    expect(page.get_by_test_id("break-panel")).to_contain_text("Nothing is broken.")
    keys.press("Escape")
    expect(page.get_by_test_id("break-panel")).to_have_count(0)


def test_what_is_due_to_end_ends_on_the_page_too(desk: Desk) -> None:
    """A fault of two seconds goes from the page by itself, and a refusal of the server is told in the panel."""
    page = desk.visit()
    desk.slack.post("/control/faults", {"what": "status", "seconds": 2})
    expect(page.get_by_test_id("broken")).to_be_visible()
    expect(page.get_by_test_id("broken")).to_be_hidden()
    page.get_by_test_id("break").click()
    page.get_by_test_id("break-again").click()
    expect(page.get_by_test_id("break-told")).to_have_text("Nothing was sent to the app yet.")


def test_an_archived_channel_says_so_and_is_opened_again(desk: Desk) -> None:
    """Archived, a channel takes no messages and is marked in the list; one press opens it again."""
    page = desk.visit()
    page.get_by_test_id("break").click()
    page.get_by_test_id("break-archive").click()
    expect(page.get_by_test_id("mend-archived-C001")).to_have_text("Unarchive")
    page.get_by_test_id("break-close").click()
    expect(page.get_by_test_id("archived")).to_contain_text("#north is archived.")
    expect(page.get_by_test_id("composer")).to_have_count(0)
    expect(page.get_by_test_id("channel-north")).to_contain_text("ARCHIVED")
    look(page, "archived")
    page.get_by_test_id("unarchive").click()
    expect(page.get_by_test_id("composer")).to_be_visible()
    expect(page.get_by_test_id("channel-north")).not_to_contain_text("ARCHIVED")
    expect(page.get_by_test_id("broken")).to_be_hidden()


def test_the_panel_fits_a_phone(desk: Desk) -> None:
    """At 360 px nothing of the panel is cut off, and the button stays in the top bar."""
    desk.slack.post("/control/channel", {"channel": "C001", "archived": True})
    page = desk.visit(viewport=PHONE)
    page.get_by_test_id("break").click()
    expect(page.get_by_test_id("break-close")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    wide = "[...document.querySelectorAll('.break-body *')].filter((n) => n.getBoundingClientRect().right > 348).length"
    assert page.evaluate(wide) == 0
    look(page, "break-phone")
    page.get_by_test_id("break-close").click()
    expect(page.get_by_test_id("unarchive")).to_be_in_viewport()
    look(page, "archived-phone")
