"""The story that the welcome tells, lived by the person whom a newcomer acts as."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as GoneError

from cli.sample.local_slack import channels, read_sample
from tests.journeys.conftest import wait_until
from tests.journeys.person import fill, open_channel, picture, press, refused, reminder, say, submit, submit_done, told
from tests.journeys.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

MEETINGS = "Mid-Atlantic Scaffold Safety Coalition (sample)"
ATTENDEES = "Greta Planks, Moses Crossbrace and six others"
REGION = "alliances-philadelphia-region"
NATIONAL = "alliances-national"
AREA = "alliances-wilmington"
BILLINGS = "C0SAMPLE0830100"
NEW_YORK = ZoneInfo("America/New_York")


def unread_row(page: Page, name: str) -> Locator:
    """Return the row of a channel among the unread ones."""
    return page.get_by_role("region", name="Unread").get_by_test_id(f"channel-{name}")


def all_is_read(page: Page) -> bool:
    """Whether nothing is unread; else read a channel of those that are."""
    unread = page.get_by_role("region", name="Unread").get_by_test_id(re.compile("^channel-"))
    if not unread.count():
        return True
    # A row may go while it is aimed at: its channel was read a moment ago.
    with suppress(GoneError):
        unread.first.click(timeout=2000)
    open_channel(page, "alliance-program")
    return False


def nothing_is_doubled(posted: list[dict[str, Any]]) -> None:
    """Check that every notice was posted once; one message a day in an office's channel, a thread, to a person."""
    ids = Counter(entry["metadata"]["event_payload"]["notice_id"] for entry in posted)
    assert {id: number for id, number in ids.items() if number > 1} == {}
    offices = {row["code"]: row for row in read_sample("offices.csv")}
    by_channel = {channel.id: offices[channel.office] for channel in channels().values()}
    days: Counter[tuple[str, str]] = Counter()
    answers = Counter(
        (entry["channel"], entry["thread_ts"], datetime.fromtimestamp(float(entry["ts"]), NEW_YORK).date())
        for entry in posted
        if entry["thread_ts"] or entry["channel"] not in by_channel
    )
    assert {place: number for place, number in answers.items() if number > 1} == {}
    for entry in posted:
        if entry["thread_ts"] or entry["channel"] not in by_channel:
            continue
        office = by_channel[entry["channel"]]
        moment = datetime.fromtimestamp(float(entry["ts"]), ZoneInfo(office["timezone"]))
        days[office["name"], f"{moment:%A, %B} {moment.day}, {moment.year}"] += 1
        assert entry["text"].startswith(f"{office['name']}: {moment:%A, %B} {moment.day}, {moment.year}.")
    assert {day: number for day, number in days.items() if number > 1} == {}


def test_a_duty_is_recorded_and_a_month_later_the_next_ones_come(own_product, visit):
    """From the welcome to the reminder, its form, two refusals, the duty met, and what a month brings, each once."""
    page = visit(own_product)
    begin_at_the_welcome(page)
    record_the_meeting(page)
    let_a_month_pass(page)
    wait_until(lambda: "Dallas Region: Wednesday, December 23" in told_so_far(own_product), "nothing came to Dallas")
    posted = own_product.reminders()
    assert sum(entry["text"].startswith("Philadelphia Region: ") for entry in posted) == 2
    nothing_is_doubled(posted)


def told_so_far(product: Product) -> str:
    """Return the texts of all reminders that were posted."""
    return "\n".join(entry["text"] for entry in product.reminders())


def begin_at_the_welcome(page: Page) -> None:
    """Read the welcome, see that something waits, and follow the link to it."""
    expect(page.get_by_test_id("channel-title")).to_have_text("alliance-program")
    expect(page.get_by_test_id("act-as")).to_contain_text("Rosa Lantern")
    expect(page.get_by_test_id("pinned")).to_contain_text("a walk of five minutes")
    expect(page.get_by_test_id("pinned").get_by_text("/alliance help")).to_be_in_viewport()
    expect(unread_row(page, REGION)).to_contain_text("2")
    page.get_by_test_id("pinned").get_by_role("button", name=REGION).click()
    expect(page.get_by_test_id("channel-title")).to_have_text(REGION)
    posted = reminder(page, "November 23, 2026")
    expect(posted).to_contain_text("1 of 2 meetings held")
    expect(posted).to_contain_text("Due Friday, December 11, 2026. Due in 18 days (at risk: 18 days left")
    expect(posted).to_contain_text("CSP 04-01-002 VI.H")
    picture(page, "reminder")


def record_the_meeting(page: Page) -> None:
    """Press Record it, be refused twice where the date was typed, correct it, and read that the duty is met."""
    posted = reminder(page, "November 23, 2026")
    press(posted, "Record it", MEETINGS)
    expect(page.get_by_test_id("input-alliance")).to_have_value("Mid-Atlantic Scaffold Safety Coalition (sample)")
    fill(page, on="2026-12-01", attendees=ATTENDEES)
    page.get_by_label("In person", exact=True).check()
    submit(page)
    refused(page, "on", "December 1, 2026 is still to come")
    expect(page.get_by_test_id("input-attendees")).to_have_value(ATTENDEES)
    picture(page, "form")
    fill(page, on="2021-12-11")
    submit(page)
    refused(page, "on", "December 11, 2021 lies before the alliance was signed (December 12, 2021)")
    expect(page.get_by_test_id("input-attendees")).to_have_value(ATTENDEES)
    fill(page, on="2026-11-20")
    submit_done(page)
    answer = told(page, "team meeting held in person on Friday, November 20, 2026")
    expect(answer).to_contain_text("This agreement year: 2 of 2 meetings held. Duty met.")
    expect(posted).to_contain_text("Done on November 20, 2026 by Rosa Lantern.")
    expect(posted.get_by_role("button", name="Record it")).to_have_count(0)


def let_a_month_pass(page: Page) -> None:
    """Move the clock by a month, then into the morning of the offices farther west, and read what has come."""
    open_channel(page, "alliance-program")
    page.get_by_test_id("clock-month").click()
    moved = page.get_by_test_id("moved")
    expect(moved).to_contain_text("Moved to Wednesday, December 23, 2026")
    for name, number in ((REGION, "2"), (NATIONAL, "6")):
        expect(moved).to_contain_text(f"#{name}")
        expect(unread_row(page, name)).to_contain_text(f"{number} unread")
    page.get_by_test_id("clock-date").click()
    page.get_by_test_id("clock-date-input").fill("2026-12-23")
    page.get_by_test_id("clock-time-input").fill("13:00")
    page.get_by_test_id("clock-move").click()
    expect(moved).to_contain_text("1:00 PM")

    open_channel(page, REGION)
    expect(reminder(page, "December 23, 2026")).to_contain_text("Delaware Valley Recyclers Network")
    open_channel(page, NATIONAL)
    expect(reminder(page, "December 23, 2026")).to_contain_text("Overdue by 273 days.")
    open_channel(page, AREA)
    open_channel(page, "alliance-program")
    # What came meanwhile, such as a reply, is read as well.
    wait_until(lambda: all_is_read(page), "something stays unread, however often it is read")


def test_stopping_and_starting_again_changes_nothing(own_product, visit):
    """Ctrl-C ends every process; a new start shows the same time, messages, unread marks and records."""
    page = visit(own_product)
    expect(unread_row(page, REGION)).to_contain_text("2 unread")
    open_channel(page, NATIONAL)
    old = reminder(page, "November 23, 2026")
    expect(old).to_contain_text("10 duties to act on, 6 overdue.")
    before = old.inner_text()
    page.get_by_test_id("clock-date").click()
    page.get_by_test_id("clock-date-input").fill("2026-11-23")
    page.get_by_test_id("clock-time-input").fill("15:00")
    page.get_by_test_id("clock-move").click()
    expect(page.get_by_test_id("moved")).to_contain_text("Monday, November 23, 2026, 3:00 PM")
    # In Montana it was nine o'clock meanwhile.
    wait_until(lambda: own_product.posted_to(BILLINGS), "Billings is not reminded")
    say(page, "Who takes the newsletter?")
    say(page, "/alliance meeting scaffold")
    fill(page, on="2026-11-20")
    page.get_by_label("Teleconference", exact=True).check()
    submit_done(page)
    told(page, "Duty met.")
    page.context.close()

    assert own_product.stop() == 0
    wait_until(lambda: own_product.processes() == [], "a process stays behind")
    own_product.start()

    page = visit(own_product)
    expect(page.get_by_test_id("channel-title")).to_have_text("alliance-program")
    expect(page.get_by_test_id("clock")).to_have_text(re.compile(r"Mon, Nov 23, 2026\s*3:0\d PM"))
    expect(unread_row(page, REGION)).to_contain_text("2 unread")
    expect(unread_row(page, NATIONAL)).to_have_count(0)
    open_channel(page, NATIONAL)
    old = reminder(page, "November 23, 2026")
    expect(old).to_contain_text("10 duties to act on, 6 overdue.")
    assert old.inner_text() == before
    expect(page.get_by_role("log").get_by_text("Who takes the newsletter?")).to_be_visible()
    told(page, "Duty met.")
    press(old, "Why?", "Harbor Crane Operators Union (sample), Evaluate the alliance")
    expect(page.get_by_test_id("modal")).to_contain_text("CSP 04-01-002 IX.C.1")
    page.get_by_test_id("modal-close").click()
    open_channel(page, REGION)
    expect(reminder(page, "November 23, 2026")).to_contain_text("Done on November 20, 2026 by Rosa Lantern.")
    assert own_product.reminders() == []
