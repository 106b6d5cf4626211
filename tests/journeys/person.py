"""What a person does in the local Slack, by its page alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"


#: What is seen of a message, without what lies over it; a long one is shown from its beginning.
_SEEN = """(node, most) => {
    node.scrollIntoView({block: "start"});
    let around = node.parentElement;
    while (around && !/auto|scroll/.test(getComputedStyle(around).overflowY)) around = around.parentElement;
    const own = node.getBoundingClientRect();
    const frame = node.tagName !== "DIALOG" && around ? around.getBoundingClientRect() : {top: 0, bottom: innerHeight};
    const y = Math.max(own.top, frame.top);
    const cut = own.bottom > frame.bottom ? 50 : 0;
    const height = Math.min(Math.min(own.bottom, frame.bottom) - cut - y, node.tagName === "DIALOG" ? 800 : most);
    return {x: own.left, y, width: Math.min(own.width, 770), height};
}"""


def picture(page: Page, name: str, *, of: Locator | None = None, most: int = 370) -> None:
    """Keep a picture of the page, or of a part of it, when the environment variable ALLIANCE_PICTURES is set.

    Of a message at most so many pixels are shown, from its beginning.
    """
    if os.environ.get("ALLIANCE_PICTURES"):
        clip = None if of is None else of.evaluate(_SEEN, most)
        page.mouse.move(page.evaluate("innerWidth / 2"), 70)
        page.wait_for_timeout(300)
        page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", clip=clip)


def say(page: Page, text: str) -> None:
    """Type a line into the open channel and send it."""
    page.get_by_test_id("composer").fill(text)
    page.keyboard.press("Enter")


def told(page: Page, words: str | re.Pattern[str]) -> Locator:
    """Return the newest private answer that holds the words, once it is there."""
    answers = page.get_by_role("log").locator("article", has_text="Only visible to you")
    newest = answers.filter(has_text=words).last
    expect(newest).to_be_visible()
    return newest


def reminder(page: Page, day: str) -> Locator:
    """Return the reminder of a day in the open channel, as in "November 23, 2026"."""
    posted = page.get_by_role("log").get_by_role("article")
    # A digest's heading says more before the day.
    return posted.filter(has=page.get_by_role("heading", name=re.compile(rf": \w+, {day}$"))).first


def press(where: Page | Locator, button: str, duty: str) -> None:
    """Press a button of a duty, which its label names."""
    button_of(where, button, duty).click()


def button_of(where: Page | Locator, button: str, duty: str) -> Locator:
    """Return a button of a duty."""
    return where.get_by_role("button", name=re.compile(rf"^{re.escape(button)}.*{re.escape(duty)}"))


def fill(page: Page, **fields: str) -> None:
    """Type into the fields of the open form."""
    for name, typed in fields.items():
        page.get_by_test_id(f"input-{name}").fill(typed)


def submit(page: Page) -> None:
    """Send the open form."""
    page.get_by_test_id("modal-submit").click()


def submit_done(page: Page) -> None:
    """Send the open form; it closes."""
    submit(page)
    expect(page.get_by_test_id("modal")).to_have_count(0)


def refused(page: Page, field: str, words: str) -> None:
    """See the refusal at the field, and what was typed still there."""
    expect(page.get_by_test_id(f"error-{field}")).to_contain_text(words)
    expect(page.get_by_test_id(f"input-{field}")).to_have_attribute("aria-invalid", "true")


def act_as(page: Page, name: str) -> None:
    """Become another person, found by name."""
    page.get_by_test_id("act-as").click()
    page.get_by_test_id("act-as-search").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("act-as")).to_contain_text(name)


def open_channel(page: Page, name: str) -> None:
    """Open a channel from the list."""
    page.get_by_test_id(f"channel-{name}").click()
    expect(page.get_by_test_id("channel-title")).to_have_text(name)


def close_form(page: Page) -> None:
    """Close the open window, dropping what was typed."""
    page.get_by_test_id("modal-close").click()
    expect(page.get_by_test_id("modal")).to_have_count(0)


def choose(page: Page, field: str, label: str | re.Pattern[str]) -> None:
    """Choose from the list of a field; a field whose choices change with the alliance bears its number."""
    page.locator(f'[data-testid="input-{field}"], [data-testid^="input-{field}@"]').click()
    page.get_by_role("option", name=label, exact=True).click()
