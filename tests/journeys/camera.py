"""Pictures of what the product shows, each of one answer or one form, small enough for slow lines."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.hands import WireHand
from tests.journeys.product import Product

INTO = Path(__file__).parents[2] / "docs" / "images" / "words"
#: Whatever a form asks for is seen at once; what is longer than a screen of this height is cut.
ROOM = {"width": 1030, "height": 2400}
MOST_HEIGHT = 1100
COLOURS = 48

#: What is seen of an answer: from its beginning, whole blocks, at most so high.
_SEEN = """(node, most) => {
    const own = node.getBoundingClientRect();
    const last = (parts) => Math.max(...[...node.querySelectorAll(parts)]
        .map((part) => part.getBoundingClientRect().bottom - own.top + 6).filter((height) => height <= most));
    const whole = last(".blocks > *");
    const height = own.height <= most ? own.height : whole > most / 2 ? whole : last(".blocks *");
    return {x: own.left, y: own.top, width: Math.min(own.width, 770), height};
}"""


class Camera(WireHand):
    """A person whose deeds are sent without the page, and whose page shows what came of each."""

    def __init__(self, page: Page, product: Product, name: str, channel: str) -> None:
        self.page = page
        super().__init__(product, name, channel)

    def go(self, way: tuple[str, ...]) -> None:
        """Take the steps of a way, each as a line, a button, or an entry of a menu."""
        for step in way:
            label, _, about = step.partition(" | ")
            if label.startswith("/"):
                self.say(label)
            elif label.startswith("#"):
                self.latest = self._posted(label.removeprefix("#"))
                continue
            elif label.startswith("…"):
                self.choose(label.removeprefix("…"), about)
            else:
                self.press(label, about)
            self._wait(self._came, lambda step=step: f"what comes of {step}")

    def _posted(self, words: str) -> dict:
        """Wait for a message in the channel that everybody sees, with these words; return the newest."""

        def find() -> dict | None:
            shown = self._get("messages", user=self.user, channel=self.channel, limit="60")["messages"]
            return next((one for one in reversed(shown) if not one.get("ephemeral") and words in str(one)), None)

        return dict(self._wait(find, lambda: f"a message with {words} in {self.channel}"))

    def _came(self) -> bool:
        """Whether a window opened, or a private answer came."""
        if self._stack():
            return True
        for message in reversed(self._answers()):
            if self.is_new(message):
                self.latest = message
                return True
        return False

    def opened(self) -> str | None:
        """Return the name of the form that stands open."""
        stack = self._stack()
        return str(stack[-1]["callback_id"]) if stack else None

    def finish(self) -> None:
        """Send the open form, and its confirmation where it has one."""
        while self._stack():
            answer = self._submit()
            assert "errors" not in answer, answer

    def close(self) -> None:
        """Close all windows."""
        if stack := self._stack():
            self._post("close", user=self.user, view_id=stack[-1]["id"], all=True)

    def take(self, name: str) -> None:
        """See what came in the browser: the open form, or else the answer; keep it where pictures are made."""
        self.page.goto(f"{self.product.address}/#/{self.user}/{self.channel}")
        shown = self.page.get_by_test_id("modal")
        if stack := self._stack():
            expect(shown.get_by_role("heading", level=2)).to_have_text(stack[-1]["title"]["text"])
        else:
            shown = self.page.get_by_role("log").locator(f'article[data-ts="{self.latest["ts"]}"]')
            expect(shown).to_be_visible()
        if os.environ.get("ALLIANCE_PICTURES"):
            self.page.mouse.move(2, 2)
            shown.evaluate("node => { node.scrollIntoView({block: 'start'}); document.activeElement.blur(); }")
            self.page.wait_for_timeout(250)
            clip = shown.evaluate(_SEEN, ROOM["height"] if stack else MOST_HEIGHT)
            keep(self.page.screenshot(animations="disabled", clip=clip), name)


def keep(taken: bytes, name: str) -> None:
    """Write a picture with few colours."""
    INTO.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(taken)) as image:
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(INTO / f"{name}.png", optimize=True)
