"""The page of the local Slack, as a person uses it: with a small app behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.desk import ADA, BEN, Desk, desk_at, plain

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(local_slack: Any, open_page: Any) -> Iterator[Desk]:
    """A workspace with a small app in it."""
    with desk_at(local_slack, open_page) as made:
        yield made


PHONE = {"width": 360, "height": 740}


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


def test_nobody_types_where_they_are_not(desk: Desk, local_slack: Any) -> None:
    """Whoever is acted as next and is not in the open channel types once their own stands there, and not before."""
    local_slack.post("/control/workspace", {"channels": [{"id": "C009", "name": "own", "members": [ADA]}]})
    page = desk.visit(f"{ADA}/C009")
    asked: list[Route] = []

    def hold_the_second(route: Route) -> None:
        asked.append(route)
        if len(asked) != 2:
            route.continue_()

    page.route("**/client/state*", hold_the_second)
    page.get_by_test_id("act-as").click()
    page.get_by_test_id("act-as-search").fill("director")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("act-as")).to_contain_text("Ben Marsh")
    expect(page.get_by_test_id("composer")).to_have_count(0)
    asked[1].continue_()
    page.get_by_test_id("composer").fill("Ben was here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Ben Marsh")).to_contain_text("Ben was here")


def test_who_types_on_loses_nothing_while_a_line_is_under_way(desk: Desk) -> None:
    """A second line is sent when the first has arrived; the same line is not sent twice by a second Enter."""
    page = desk.visit()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route("**/client/say", hold_the_first)
    box = page.get_by_test_id("composer")
    box.fill("Who takes the newsletter?")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    box.fill("I do")
    page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.get_by_role("log").get_by_text("I do", exact=True)).to_be_visible()
    expect(page.get_by_role("log").get_by_text("Who takes the newsletter?")).to_have_count(1)
    expect(box).to_have_value("")


def test_what_comes_while_a_channel_is_read_stays(desk: Desk) -> None:
    """A message that is posted after the server answered, and before the page has the answer, is not lost."""
    page = desk.visit()
    posted = False

    def late(route: Route) -> None:
        """Post while the first answer is on its way; a page that connects anew reads the channel again."""
        nonlocal posted
        answer = route.fetch()
        if not posted:
            posted = True
            desk.client.chat_postMessage(channel="C002", text="Just now")
            page.wait_for_timeout(300)
        route.fulfill(response=answer)

    page.route("**/client/messages*", late)
    page.get_by_test_id("channel-north").click()
    expect(page.get_by_role("log").get_by_text("Just now")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.get_by_role("log").get_by_text("Just now")).to_be_visible()


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


def test_what_comes_takes_nothing_away_that_somebody_is_about_to_press(desk: Desk, local_slack: Any) -> None:
    """A message elsewhere, one here, and being told everything anew leave the other rows alone."""
    ts = desk.client.chat_postMessage(channel="C001", text="Press me")["ts"]
    page = desk.visit()
    rows = [page.get_by_test_id("channel-south"), page.locator("main").get_by_test_id(f"message-{ts}")]
    held = [row.element_handle() for row in rows]
    north = page.get_by_test_id("channel-north")
    desk.client.chat_postMessage(channel="C002", text="Elsewhere")
    expect(north).to_contain_text("1")
    desk.client.chat_postMessage(channel="C001", text="Here")
    local_slack.post("/control/workspace", {"channels": [{"id": "C002", "name": "north", "topic": "Snow"}]})
    expect(north).to_have_attribute("title", "north: Snow")
    expect(page.get_by_text("Here", exact=True)).to_be_visible()
    assert [node.evaluate("node => node.isConnected") for node in held] == [True, True]


def test_the_way_to_the_newest_comes_and_goes_without_moving_anything(desk: Desk) -> None:
    """What is about to be pressed at the end stays under the pointer when the end is reached."""
    desk.client.chat_postMessage(channel="C001", text="A long list\n" * 100)
    page = desk.visit()
    newest = page.get_by_role("button", name="To the newest")
    scroller = page.locator(".scroller")
    scroller.evaluate("node => { node.scrollTop = 0 }")
    desk.client.chat_postMessage(channel="C001", text="Its end")
    expect(newest).to_be_visible()
    height = scroller.evaluate("node => node.clientHeight")
    scroller.evaluate("node => { node.scrollTop = node.scrollHeight }")
    expect(newest).to_be_hidden()
    assert scroller.evaluate("node => node.clientHeight") == height
