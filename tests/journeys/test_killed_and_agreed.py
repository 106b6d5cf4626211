"""Bot and worker are killed in the middle; afterwards every place says the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import life
from tests.journeys.conftest import SHOWN_WITH_FAILURE, wait_until
from tests.journeys.hands import PageHand, WireHand
from tests.journeys.person import button_of, fill, press, reminder, submit_done
from tests.journeys.product import Product, running_product
from tests.journeys.test_change_of_hands import APPROVAL, proposed

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

TERESA, ILSE, SPRINGFIELD = "U0SAMPLE072", "U0SAMPLE043", "C0SAMPLE0112600"
AURORA = "C0SAMPLE0521400"
BINS = proposed("Aurora Bins", "Malik Candlewick")
MEETINGS = "Hold the Implementation Team"


@pytest.fixture
def product(request):
    """A product that may say that its programs ended."""
    with running_product() as product:
        request.node.stash[SHOWN_WITH_FAILURE] = product
        yield product


def test_cards_messages_and_home_agree_after_bot_and_worker_were_killed(product, visit):
    """An approval and a meeting, each with a kill behind it, are said alike in channel, message, Home and list."""
    hand = WireHand(product, BINS.coordinator, AURORA)
    life.put_on_file(hand, BINS)
    life.ask(hand, BINS, *APPROVAL)
    official = visit(product, f"{TERESA}/{AURORA}")
    expect(button_of(home(official), "Approve", BINS.name)).to_be_visible()
    posted = card(official)
    expect(button_of(posted, "Approve", BINS.name)).to_be_visible()
    hand.become("Teresa Flagpole")
    hand.say("/alliance approve")
    hand.told(BINS.name)
    hand.press(f"Approve: {BINS.name}")
    kill(product)
    posted = card(official)
    expect(button_of(posted, "Approve", BINS.name)).to_have_count(0)
    expect(posted).to_contain_text("This was approved by Teresa Flagpole")
    expect(button_of(home(official), "Approve", BINS.name)).to_have_count(0)

    page = visit(product, f"{ILSE}/{SPRINGFIELD}")
    due = reminder(page, "November 23, 2026")
    press(due, "Record it", MEETINGS)
    fill(page, on="2026-11-10")
    page.get_by_label("Teleconference", exact=True).check()
    submit_done(page)
    kill(product)
    expect(due).to_contain_text("Done on November 10, 2026 by Ilse Lighthouse.")
    ilse = PageHand(page)
    ilse.say("/alliance due springfield electrical")
    assert MEETINGS not in ilse.told("Due: Springfield").partition("Later")[0]
    expect(home(page)).to_contain_text("Overdue or past target: 1")
    assert all(re.match("(bot|worker) ended by itself", line) for line in product.alarms()), product.tails()


def kill(product: Product) -> None:
    """Kill bot and worker, and wait until both are at work again."""
    product.kill("bot", "worker")
    wait_until(lambda: len(product.pids("bot", "worker")) == 2, "a program stays away")
    wait_until(lambda: product.ask("/control/status")["connections"] > 0, "the bot stays away")


def home(page: Page) -> Locator:
    """Open the app's Home tab."""
    page.get_by_test_id("app-home").click()
    page.get_by_test_id("tab-home").click()
    return page.get_by_test_id("home")


def card(page: Page) -> Locator:
    """Open what the app wrote in person."""
    page.get_by_test_id("app-home").click()
    page.get_by_test_id("tab-messages").click()
    return page.get_by_role("log").get_by_role("article").filter(has_text=BINS.name).last
