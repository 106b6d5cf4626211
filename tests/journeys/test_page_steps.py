"""What the page shows of links with a card, and of steps that workflows run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import wait_until
from tests.journeys.desk import ADA, BEN, Desk, desk_at

pytestmark = pytest.mark.journey

STEP = {
    "title": "Greet somebody",
    "description": "Say hello.",
    "input_parameters": {
        "person": {"type": "slack#/types/user_id", "title": "In whose name", "is_required": True},
        "whom": {"type": "string", "title": "Whom", "description": "A first name.", "is_required": True},
        "on": {"type": "slack#/types/date", "title": "Date"},
        "often": {"type": "number", "title": "How often"},
    },
    "output_parameters": {"link": {"type": "string", "title": "Link"}},
}


@pytest.fixture
def desk(local_slack: Any, open_page: Any) -> Iterator[Desk]:
    """A workspace with a small app in it that has a step and a domain; it hears of neither."""
    with desk_at(local_slack, open_page) as made:
        bot = {"id": "UBOT", "name": "helper", "real_name": "Helper"}
        more = {"functions": {"greet": STEP}, "unfurl_domains": ["links.example.gov"]}
        local_slack.post("/control/app", {"name": "Helper", "bot_user": bot} | more)
        yield made


def test_a_card_stands_below_a_link(desk: Desk) -> None:
    """It comes while the message is read, and is there after a reload."""
    page = desk.visit()
    page.get_by_test_id("composer").fill("See https://links.example.gov/a?b=1&c=2.")
    page.keyboard.press("Enter")
    message = page.get_by_role("article").filter(has_text="links.example.gov")
    expect(message).to_be_visible()
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "*Calendar: Harbor*"}}
    card = {"https://links.example.gov/a?b=1&c=2": {"fallback": "Calendar: Harbor", "blocks": [words]}}
    desk.client.chat_unfurl(channel="C001", ts=message.get_attribute("data-ts") or "", unfurls=card)
    expect(message.get_by_test_id("unfurl").get_by_text("Calendar: Harbor")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("unfurl").get_by_text("Calendar: Harbor")).to_be_visible()


def running(local_slack: Any) -> Any:
    """Return the step that runs, once one does."""

    def all_of_them() -> list[Any]:
        return [step for step in local_slack.get("/control/steps")["steps"] if step["state"] == "running"]

    wait_until(lambda: bool(all_of_them()), "no step has begun")
    (run,) = all_of_them()
    return run


def test_a_step_is_run_and_its_end_is_read(desk: Desk, local_slack: Any) -> None:
    """What is missing and why it failed stands there with what was typed; then what it gives, a link to press."""
    page = desk.visit()
    page.get_by_test_id("shortcuts").click()
    page.get_by_test_id("step-greet").click()
    told = page.get_by_test_id("step-told")
    page.get_by_test_id("step-run").click()
    expect(told).to_have_text("Fill in “Whom”.")
    expect(page.get_by_test_id("step-input-person")).to_have_value(ADA)
    page.get_by_test_id("step-input-person").select_option(BEN)
    page.get_by_test_id("step-input-whom").fill("Ada")
    page.get_by_test_id("step-input-on").fill("2026-11-20")
    page.get_by_test_id("step-input-often").fill("2")

    page.get_by_test_id("step-run").click()
    run = running(local_slack)
    assert run["inputs"] == {"person": BEN, "whom": "Ada", "on": "2026-11-20", "often": 2}
    desk.client.functions_completeError(function_execution_id=run["id"], error="Ada is away.")
    expect(told).to_have_text("Ada is away.")
    expect(page.get_by_test_id("step-input-whom")).to_have_value("Ada")

    page.get_by_test_id("step-run").click()
    run = running(local_slack)
    link = f"{desk.address}/#/C002"
    desk.client.functions_completeSuccess(function_execution_id=run["id"], outputs={"link": link})
    expect(told.get_by_role("link", name=link)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("step")).to_be_hidden()
