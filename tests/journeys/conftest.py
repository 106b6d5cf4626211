"""A browser, a local Slack and the whole product for the journeys.

`open_page` gives pages in Chromium, `local_slack` a bare server process, `product` everything that `alliance up`
starts, at nine in the morning of November 23, 2026.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.journeys.product import Product, running_product

BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
START_SECONDS = 20
PAGE_SECONDS = 10

OpenPage = Callable[..., Page]
VisitProduct = Callable[..., Page]

expect.set_options(timeout=PAGE_SECONDS * 1000)

#: Where a failed test finds the product whose logs are shown with it.
SHOWN_WITH_FAILURE = pytest.StashKey[Product]()


def chromium() -> str:
    """Return the path of a Chromium.

    Without one the journeys are skipped, and on CI (where `CI` is set) they fail: a skipped journey proves nothing.
    """
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    reason = "no Chromium found: install one with `apt-get install -y chromium`, or name it in CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys of a file; while it runs, no other event loop can in this process."""
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages of the local Slack; whatever one writes to its console as an error fails the test."""
    contexts = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def refused(response: Response) -> None:
        # The console says of a refusal neither what was asked nor why it was refused.
        if response.status >= HTTPStatus.BAD_REQUEST:
            complaints.append(f"{response.url} {response.request.post_data}: {response.status}")

    def open_at(address: str, *, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="en-US", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PAGE_SECONDS * 1000)
        page.on("console", listen)
        page.on("response", refused)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


@dataclass(frozen=True)
class LocalSlack:
    """The address of a running local Slack, and calls to its control side."""

    address: str

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON to a path, return the answer."""
        request = Request(self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - our own server
        with urlopen(request, timeout=PAGE_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urlopen(self.address + path, timeout=PAGE_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def wait_for_app(self) -> None:
        """Wait until an app is connected."""
        wait_until(lambda: self.get("/control/status")["connections"] > 0, "no app has connected")


def wait_until(done: Callable[[], bool], otherwise: str) -> None:
    """Ask again and again until it is done."""
    end = time.monotonic() + START_SECONDS
    while not done():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.05)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def local_slack(tmp_path: Path) -> Iterator[LocalSlack]:
    """An empty local Slack in a process of its own, stopped at the end."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--host", "127.0.0.1", "--port", str(port)]
    slack = LocalSlack(f"http://127.0.0.1:{port}")
    with (tmp_path / "slack.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [*command, "--state", str(tmp_path / "slack.state")], stdout=log, stderr=log
        )

        def ready() -> bool:
            assert process.poll() is None, (tmp_path / "slack.log").read_text()
            try:
                return bool(slack.get("/control/status")["ready"])
            except URLError:
                return False

        try:
            wait_until(ready, "the local Slack did not start")
            yield slack
        finally:
            process.terminate()
            process.wait(START_SECONDS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the ends of the product's logs with a test that failed."""
    report = yield
    product = item.stash.get(SHOWN_WITH_FAILURE, None)
    if product is not None and report.failed:
        report.sections.append(("the product's screen and logs", product.tails()))
    return report


@pytest.fixture(scope="session")
def shared_product() -> Iterator[Product]:
    """One product for all journeys that leave its clock alone."""
    with running_product() as product:
        yield product


@pytest.fixture
def product(shared_product: Product, request: pytest.FixtureRequest) -> Iterator[Product]:
    """A product shared with other journeys: act for an office that they do not use, and leave the clock alone."""
    request.node.stash[SHOWN_WITH_FAILURE] = shared_product
    shared_product.must_run()
    yield shared_product
    shared_product.must_run()


@pytest.fixture
def own_product(request: pytest.FixtureRequest) -> Iterator[Product]:
    """A product for one journey alone, which may move its clock and stop it."""
    with running_product() as product:
        request.node.stash[SHOWN_WITH_FAILURE] = product
        yield product
        assert not product.alarms(), product.tails()


@pytest.fixture
def visit(open_page: OpenPage) -> VisitProduct:
    """Open a product's page as a person in a channel, ready to type."""

    def visit_product(product: Product, place: str = "", **options: Any) -> Page:
        page = open_page(f"{product.address}/#/{place}" if place else product.address, **options)
        expect(page.get_by_test_id("composer")).to_be_visible()
        return page

    return visit_product
