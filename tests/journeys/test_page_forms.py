"""Forms in the local Slack's page: by keyboard alone, with files, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import ADA, Desk, desk_at

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(local_slack: Any, open_page: Any) -> Iterator[Desk]:
    """A workspace with a small app in it."""
    with desk_at(local_slack, open_page) as made:
        yield made


#: The smallest picture there is: one point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


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


def test_a_file_is_attached_and_a_picture_is_shown(desk: Desk) -> None:
    """A file is uploaded when it is chosen, taken away and chosen again; a picture of the app is seen."""
    drawn = desk.client.files_upload_v2(filename="chart.png", content=PNG, title="Chart")["file"]["id"]
    image = {"type": "image", "slack_file": {"id": drawn}, "alt_text": "How it stands"}
    desk.client.chat_postMessage(channel="C002", text="The chart", blocks=[image])
    page = desk.visit(f"{ADA}/C002")
    picture = page.get_by_alt_text("How it stands")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('img.image-picture').naturalWidth === 1")
    page.get_by_test_id("composer").fill("/form file")
    page.keyboard.press("Enter")
    field = page.get_by_test_id("input-proof")
    field.set_input_files([{"name": "run.exe", "mimeType": "", "buffer": b"MZ"}])
    expect(page.get_by_test_id("error-proof")).to_have_text("run.exe is not one of: pdf.")
    field.set_input_files([{"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    expect(page.get_by_text("letter.pdf")).to_be_visible()
    expect(field).to_be_hidden()
    page.get_by_role("button", name="Take letter.pdf away").click()
    field.set_input_files([{"name": "other.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_text("Attached: other.pdf")).to_be_visible()


#: What a browser carries while a file, or words, are dragged over a page.
FILE = "() => { const t = new DataTransfer(); t.items.add(new File(['%PDF-1.7'], 'letter.pdf')); return t; }"
WORDS = "() => { const t = new DataTransfer(); t.setData('text/plain', 'letter.pdf'); return t; }"


def test_a_file_is_dropped_into_a_thread(desk: Desk) -> None:
    """Files that are dragged onto a thread go with its next reply; words that are dragged are left alone."""
    ts = desk.client.chat_postMessage(channel="C001", text="The reminder")["ts"]
    page = desk.visit(f"{ADA}/C001")
    row = page.get_by_test_id(f"message-{ts}")
    row.hover()
    row.get_by_test_id("reply").click()
    thread = page.get_by_test_id("thread")
    place = thread.get_by_role("log")
    for carried, taken in ((WORDS, 0), (FILE, 1)):
        transfer = page.evaluate_handle(carried)
        place.dispatch_event("dragover", {"dataTransfer": transfer})
        expect(thread.locator(".dropping")).to_have_count(taken)
        place.dispatch_event("drop", {"dataTransfer": transfer})
        expect(thread.get_by_role("button", name="Take letter.pdf away")).to_have_count(taken)
    expect(thread.locator(".dropping")).to_have_count(0)
    page.get_by_test_id("composer-thread-send").click()
    expect(thread.get_by_role("link", name="letter.pdf")).to_be_visible()
    expect(thread.get_by_role("button", name="Take letter.pdf away")).to_have_count(0)
