"""What somebody tells in a channel becomes an activity, and the Home tabs of those whose work it is follow."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.person import choose, close_form, fill, reminder, say, submit_done, told

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

AMINA, HOUSTON = "U0SAMPLE089", "C0SAMPLE0626700"
RANIA, TAMPA = "U0SAMPLE067", "C0SAMPLE0420600"
ALLIANCE = "ABC Southeast Texas"


def test_a_message_is_logged_and_home_follows(product, visit):
    """The form knows words, day, file and alliance; the record says where it is from; Home follows at once."""
    home = visit(product, f"{AMINA}/{HOUSTON}")
    home.get_by_test_id("app-home").click()
    expect(home.get_by_test_id("home")).to_contain_text(ALLIANCE)
    expect(home.get_by_test_id("home")).to_contain_text("0 of 2 meetings held")
    page = visit(product, f"{AMINA}/{HOUSTON}")
    sheet = {"name": "Sign-in sheet.txt", "mimeType": "text/plain", "buffer": b"36 names"}
    page.get_by_test_id("composer-files").set_input_files([sheet])
    expect(page.get_by_role("button", name="Take Sign-in sheet.txt away")).to_be_visible()
    say(page, "*Trench* stand-down at the yard, 36 workers")
    said = page.get_by_role("log").get_by_role("article").filter(has_text="stand-down at the yard").last
    said.hover()
    said.get_by_test_id("more").click()
    page.get_by_test_id("shortcut-log_activity").click()
    form = page.get_by_test_id("modal")
    expect(form).to_contain_text("it is the only alliance of the office whose channel this is")
    expect(form).to_contain_text("From a message of Amina Millstone, November 23, 2026.")
    expect(page.get_by_test_id("input-title")).to_have_value("Trench stand-down at the yard, 36 workers")
    expect(page.get_by_test_id("input-on")).to_have_value("2026-11-23")
    choose(page, "kind", "Outreach event")
    fill(page, presentation="Trench safety")
    submit_done(page)
    recorded = told(page, f"Recorded for {ALLIANCE}: outreach event")
    expect(recorded).to_contain_text("The document Sign-in sheet.txt is kept with it.")
    say(page, f"/alliance show {ALLIANCE}")
    card = told(page, "Latest records")
    source = card.get_by_role("link", name="message of Amina Millstone, November 23, 2026")
    assert f"/#/{HOUSTON}/p" in (source.get_attribute("href") or "")

    say(page, f"/alliance meeting {ALLIANCE}")
    fill(page, on="2026-11-20")
    page.get_by_label("Teleconference", exact=True).check()
    submit_done(page)
    began = time.monotonic()
    expect(home.get_by_test_id("home")).to_contain_text("1 of 2 meetings held", timeout=4000)
    assert time.monotonic() - began < 3, "two seconds, and what the browsers take"


def test_a_file_dropped_into_a_reminders_thread_is_asked_after(product, visit):
    """Only who dropped it is asked where it belongs; each form has it ticked; the record that is sent keeps it."""
    page = visit(product, f"{RANIA}/{TAMPA}")
    posted = reminder(page, "November 23, 2026")
    posted.hover()
    posted.get_by_test_id("reply").click()
    thread = page.get_by_test_id("thread")
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['36 names'], 'Sign-in sheet.txt')); return t; }"
    )
    thread.get_by_role("log").dispatch_event("drop", {"dataTransfer": transfer})
    expect(thread.get_by_role("button", name="Take Sign-in sheet.txt away")).to_be_visible()
    page.get_by_test_id("composer-thread-send").click()
    asked = thread.locator("article", has_text="Only visible to you").filter(has_text="Sign-in sheet.txt")
    expect(asked).to_contain_text("Nothing is kept before you send the form.")
    expect(page.get_by_role("log").get_by_text("Nothing is kept before you send the form.")).to_have_count(1)
    asked.get_by_role("button", name=re.compile("^Record it: ")).first.click()
    expect(page.get_by_test_id("modal").get_by_label("Sign-in sheet.txt")).to_be_checked()
    close_form(page)
    asked.get_by_role("button", name=re.compile("^Log it: ")).first.click()
    choose(page, "kind", "Outreach event")
    fill(page, presentation="Falls", title="Stand-down", on="2026-03-19")
    submit_done(page)
    expect(told(page, "Recorded for")).to_contain_text("The document Sign-in sheet.txt is kept with it.")
