"""Two ways of acting in the local Slack that do the same: by its page, and by what its page sends to the server.

What a journey has pressed and typed in the browser once it may do again without it, in a tenth of the time.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from playwright.sync_api import Locator, Page, expect

from tests.journeys import person
from tests.journeys.product import Product

Words = str | re.Pattern[str]
Json = dict[str, Any]

WAIT_SECONDS = 15
#: The channel in which everybody is.
EVERYBODYS = "C0SAMPLEPROGRAM"
#: Under which key Slack keeps what is chosen in an element.
CHOSEN = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
}
TYPED = {"datepicker": "selected_date", "plain_text_input": "value", "number_input": "value"}


class Hand(Protocol):
    """A person in a channel who types, reads, presses and fills in."""

    def become(self, name: str) -> None:
        """Act as another person from now on."""

    def say(self, line: str) -> None:
        """Send a line into the channel."""

    def told(self, words: Words) -> str:
        """Return the newest private answer that holds the words, once it is there."""

    def press(self, label: str, about: str = "") -> None:
        """Press the button of that answer whose label begins like this and says what it is about."""

    def fill(self, **fields: Words) -> None:
        """Put values into the fields of the open form; choices by their labels."""

    def send(self, *, confirm: bool = False) -> None:
        """Send the open form, and its confirmation; all windows close."""

    def refused(self, field: str, words: str) -> None:
        """Send the open form and see it refused at a field; it stays open."""

    def shown(self, field: str) -> list[str]:
        """Return the names of the fields of the open form that begin like this."""

    def picture(self, name: str, *, at: str = "") -> None:
        """Keep a picture for the guides: of the open form at a field of it, or else of what was told last."""


class PageHand:
    """A person at the page in the browser."""

    def __init__(self, page: Page, *, guides: Collection[str] = ()) -> None:
        self.page = page
        #: The pictures that the guides have from this hand.
        self.guides = guides
        self.latest: Locator | None = None
        self.before = ""

    def become(self, name: str) -> None:
        """Act as another person from now on."""
        person.act_as(self.page, name)

    def say(self, line: str) -> None:
        """Send a line into the channel."""
        self._mark()
        person.say(self.page, line)

    def told(self, words: Words) -> str:
        """Return the newest private answer that holds the words and was not there before."""
        answers = self.page.get_by_role("log").locator("article", has_text="Only visible to you")
        newest = answers.filter(has_text=words).last
        end = time.monotonic() + WAIT_SECONDS
        while not newest.count() or str(newest.get_attribute("data-ts")) <= self.before:
            assert time.monotonic() < end, f"waited for: {words}\ninstead of: {answers.last.inner_text()}"
            self.page.wait_for_timeout(50)
        self.latest = newest
        return newest.inner_text()

    def _mark(self) -> None:
        """Remember what is there, so that only what comes later counts as an answer."""
        shown = self.page.get_by_role("log").locator("article[data-ts]")
        self.before = str(shown.last.get_attribute("data-ts")) if shown.count() else ""

    def press(self, label: str, about: str = "") -> None:
        """Press the button of that answer whose label begins like this and says what it is about."""
        assert self.latest is not None
        self._mark()
        person.button_of(self.latest, label, about).first.click()
        # Approving asks first, everything else opens at once.
        if label.startswith("Approve"):
            self.page.get_by_test_id("confirm-yes").click()

    def fill(self, **fields: Words) -> None:
        """Put values into the fields of the open form; choices by their labels."""
        for name, value in fields.items():
            begins = value if isinstance(value, re.Pattern) else re.compile(rf"^{re.escape(value)}")
            field = self.page.locator(f'[data-testid="input-{name}"], [data-testid^="input-{name}@"]')
            role = field.get_attribute("role")
            if role in {"radiogroup", "group"}:
                field.get_by_label(begins).check()
            elif role == "combobox":
                field.click()
                self.page.get_by_role("option", name=begins).first.click()
            else:
                field.fill(str(value))

    def send(self, *, confirm: bool = False) -> None:
        """Send the open form, and its confirmation; all windows close."""
        self._mark()
        person.submit(self.page)
        if confirm:
            expect(self.page.get_by_test_id("modal")).to_contain_text("Is it right?")
            person.submit(self.page)
        modal = self.page.get_by_test_id("modal")
        problem = self.page.get_by_test_id("modal-problem")
        end = time.monotonic() + WAIT_SECONDS
        while modal.count():
            assert time.monotonic() < end, f"the form stayed open: {modal.inner_text()}"
            if problem.is_visible():
                # As Slack says it when an app takes longer than three seconds: try again.
                person.submit(self.page)
            self.page.wait_for_timeout(100)

    def confirmed(self, words: str) -> None:
        """Send the open form, read what it would change, and save it."""
        person.submit(self.page)
        expect(self.page.get_by_test_id("modal")).to_contain_text(words)
        self.send()

    def refused(self, field: str, words: str) -> None:
        """Send the open form and see it refused at a field; it stays open."""
        person.submit(self.page)
        error = f'[data-testid="error-{field}"], [data-testid^="error-{field}@"]'
        expect(self.page.locator(error)).to_contain_text(words)

    def shown(self, field: str) -> list[str]:
        """Return the names of the fields of the open form that begin like this."""
        expect(self.page.get_by_test_id("modal")).to_be_visible()
        found = self.page.locator(f'[data-testid^="input-{field}"]').all()
        return [str(one.get_attribute("data-testid")).removeprefix("input-").partition("@")[0] for one in found]

    def picture(self, name: str, *, at: str = "", of: Locator | None = None, most: int = 370) -> None:
        """Keep a picture for the guides: of the open form at a field of it, or else of what was told last."""
        if name in self.guides:
            if at:
                # What lies around a field says more than the end of a form.
                self.page.get_by_test_id(f"input-{at}").evaluate("field => field.scrollIntoView({block: 'center'})")
            modal = self.page.get_by_test_id("modal")
            shown = of or (modal if modal.count() else self.latest)
            person.picture(self.page, f"guide-{name}", of=shown, most=most)


class WireHand:
    """A person whose page is left out: what it would send is sent, what it would show is read."""

    def __init__(self, product: Product, name: str, channel: str) -> None:
        self.product, self.home = product, channel
        self.before: set[str] = set()
        self.latest: Json = {}
        self.user = ""
        self.become(name)

    @cached_property
    def _people(self) -> dict[str, str]:
        users = self._get("state", user="")["users"]
        return {str(user.get("real_name") or user["profile"]["real_name"]): str(user["id"]) for user in users}

    def become(self, name: str) -> None:
        """Act as another person from now on, in the channel of all where they are not in this one."""
        self.user = self._people[name]
        theirs = {channel["id"] for channel in self._get("state", user=self.user)["channels"]}
        self.channel = self.home if self.home in theirs else EVERYBODYS

    def say(self, line: str) -> None:
        """Send a line into the channel."""
        self._mark()
        self._post("command", user=self.user, channel=self.channel, text=line)

    def told(self, words: Words) -> str:
        """Return the newest private answer that holds the words and was not there before."""
        pattern = re.compile(re.escape(words)) if isinstance(words, str) else words

        def newest() -> str | None:
            for message in reversed(self._answers()):
                text = _words(message)
                if pattern.search(text) and self.is_new(message):
                    self.latest = message
                    return text
            return None

        return str(self._wait(newest, lambda: f"{words}\ninstead of {self._new_words()}"))

    def _new_words(self) -> list[str]:
        return [_words(message) for message in self._answers() if self.is_new(message)]

    def is_new(self, message: Json) -> bool:
        """Whether a message came, or was changed, since the last deed."""
        return f"{message['ts']} {_words(message)}" not in self.before

    def press(self, label: str, about: str = "") -> None:
        """Press the button of that answer whose label begins like this and says what it is about."""
        for block, element in _elements(self.latest["blocks"]):
            name = element.get("accessibility_label") or element.get("text", {}).get("text", "")
            if element["type"] == "button" and name.startswith(label) and about in name:
                self._mark()
                container = {"channel": self.channel, "ts": self.latest["ts"]}
                self._act(container, block, element, {"value": element.get("value")})
                return
        raise AssertionError(f"no button {label!r} about {about!r} in {_words(self.latest)}")

    def choose(self, label: str, about: str = "") -> None:
        """Choose an entry of a menu of that answer, in the line that holds some words."""
        for block, element in _elements(self.latest["blocks"]):
            options = element["options"] if element["type"] == "overflow" else []
            option = next((one for one in options if one["text"]["text"] == label), None)
            if option is not None and about in _words({"blocks": [block]}):
                self._mark()
                container = {"channel": self.channel, "ts": self.latest["ts"]}
                self._act(container, block, element, {"type": "overflow", "selected_option": option})
                return
        raise AssertionError(f"no entry {label!r} about {about!r} in {_words(self.latest)}")

    def attach(self, field: str, name: str, data: bytes) -> None:
        """Attach a file in a field of the open form."""
        view, block = self._field(field)
        address = f"{self.product.address}/client/attach?{urlencode({'user': self.user, 'name': name})}"
        with urlopen(Request(address, data, method="POST"), timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own
            made = {"type": "file_input", "files": [json.load(answer)["file"]]}
        element = block["element"]
        self.typed.setdefault(view["id"], {}).setdefault(block["block_id"], {})[element["action_id"]] = made

    def fill(self, **fields: Words) -> None:
        """Put values into the fields of the open form; choices by their labels."""
        for name, value in fields.items():
            view, block = self._field(name)
            element = block["element"]
            made = _value(element, value)
            self.typed.setdefault(view["id"], {}).setdefault(block["block_id"], {})[element["action_id"]] = made
            if block.get("dispatch_action"):
                self._act({"type": "view", "view_id": view["id"]}, block, element, made, self.typed[view["id"]])

    @cached_property
    def typed(self) -> dict[str, Json]:
        """What is typed so far, by view."""
        return {}

    def send(self, *, confirm: bool = False) -> None:
        """Send the open form, and its confirmation; all windows close."""
        self._mark()
        for _ in range(1 + confirm):
            answer = self._submit()
            assert "errors" not in answer, answer
            if not answer["ok"]:
                # As Slack says it when an app takes longer than three seconds: try again.
                answer = self._submit()
        assert self._stack() == [], f"the form did not close: {answer}"

    def refused(self, field: str, words: str) -> None:
        """Send the open form and see it refused at a field; it stays open."""
        errors = self._submit().get("errors", {})
        said = next((text for block, text in errors.items() if block.partition("@")[0] == field), None)
        assert said is not None, errors
        assert words in said, said

    def shown(self, field: str) -> list[str]:
        """Return the names of the fields of the open form that begin like this."""
        blocks = self._view()["blocks"]
        return [
            b["block_id"].partition("@")[0] for b in blocks if b["type"] == "input" and b["block_id"].startswith(field)
        ]

    def picture(self, name: str, *, at: str = "") -> None:
        """Make none: there is nothing to see."""

    def _submit(self) -> Json:
        view = self._view()
        return self._post("submit", user=self.user, view_id=view["id"], values=self.typed.get(view["id"], {}))

    def _stack(self) -> list[Json]:
        found: list[Json] = self._get("state", user=self.user)["views"]
        return found

    def _view(self) -> Json:
        found = self._wait(self._stack, lambda: f"an open form; told last was {self._answers()[-1:]}")
        return dict(found[-1])

    def _field(self, name: str) -> tuple[Json, Json]:
        def find() -> tuple[Json, Json] | None:
            view = self._view()
            blocks = (b for b in view["blocks"] if b["type"] == "input" and b["block_id"].partition("@")[0] == name)
            return next(((view, block) for block in blocks), None)

        found: tuple[Json, Json] = self._wait(find, lambda: f"a field {name}")
        return found

    def _act(self, container: Json, block: Json, element: Json, value: Json, values: Json | None = None) -> None:
        part = {"block_id": block["block_id"], "action_id": element["action_id"]}
        self._post("action", user=self.user, container=container, value=value, values=values, **part)

    def _answers(self) -> list[Json]:
        shown = self._get("messages", user=self.user, channel=self.channel, limit="60")
        return [message for message in shown["messages"] if message.get("ephemeral")]

    def _mark(self) -> None:
        self.before = {f"{message['ts']} {_words(message)}" for message in self._answers()}

    def _wait(self, look: Any, missing: Any) -> Any:
        end = time.monotonic() + WAIT_SECONDS
        while not (found := look()):
            assert time.monotonic() < end, f"waited for: {missing()}"
            time.sleep(0.05)
        return found

    def _get(self, path: str, **query: str) -> Any:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.product.ask(f"/client/{path}?{asked}")

    def _post(self, path: str, **body: Any) -> Any:
        return post(self.product, f"/client/{path}", **body)


def post(product: Product, path: str, **body: Any) -> Any:
    """Send JSON to the local Slack; return what it answers.

    Raises:
        AssertionError: It refused, with its sentence.
    """
    headers = {"Content-Type": "application/json"}
    request = Request(product.address + path, json.dumps(body).encode(), headers)  # noqa: S310 - our own server
    try:
        with urlopen(request, timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)
    except HTTPError as error:
        raise AssertionError(f"{path}: {error.read().decode()}") from error


def _value(element: Json, value: Words) -> Json:
    kind = element["type"]
    if kind in TYPED:
        return {"type": kind, TYPED[kind]: value}
    begins = re.compile(re.escape(value)).match if isinstance(value, str) else value.search
    wanted = [one for one in element["options"] if begins(one["text"]["text"])]
    assert wanted, f"no choice {value!r} among {[one['text']['text'] for one in element['options']]}"
    return {"type": kind, CHOSEN[kind]: wanted if CHOSEN[kind].endswith("s") else wanted[0]}


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in (*block.get("elements", ()), *filter(None, [block.get("accessory")])):
            if "action_id" in element:
                yield block, element


def _words(message: Json) -> str:
    """Return the text of a message as the page shows it, its marks left out."""
    found = [str(message.get("text") or "")]

    def gather(part: Any) -> None:
        if isinstance(part, dict):
            found.extend([part["text"]] if isinstance(part.get("text"), str) else [])
            for inner in part.values():
                gather(inner)
        elif isinstance(part, list):
            for inner in part:
                gather(inner)

    gather(message.get("blocks") or [])
    return html.unescape("\n".join(found).replace("*", ""))
