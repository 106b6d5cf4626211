"""Block Kit as plain dictionaries, within Slack's limits and with foreign text made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from policy.words import TURNS as _TURNS

Json = dict[str, Any]

#: Blocks of one message.
MOST_BLOCKS = 50
#: Characters of text in all blocks of one message; Slack refuses somewhere above 13,000.
MOST_CHARACTERS = 12_500
SECTION_CHARACTERS = 3000
BUTTON_CHARACTERS = 75

#: A mark of Slack's where it would begin or end bold, italic or struck text, as Slack reads it.
_BEGINS = re.compile(r"(?<![^\W_])([*_~])(?!\s)")
_ENDS = re.compile(r"(?<!\s)([*_~])(?![^\W_])")
#: Slack has no way to escape a mark; next to this space, which has no width, it stands as it was typed.
NO_WIDTH = "\u200b"
#: Looks like a backtick, and begins no code.
GRAVE = "\u02cb"
#: At the start of a line it would make a quote of it, escaped or not.
_QUOTES = re.compile(r"^(\s*)>", re.MULTILINE)
_ADDRESS = re.compile(r"(https?://\S+)")


def clip(text: str, most: int) -> str:
    """Shorten a text to `most` characters, with an ellipsis where something is left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


@lru_cache(maxsize=1024)  # names come again and again
def safe(text: str, most: int = 200) -> str:
    """Make text of people harmless in mrkdwn, on one line: no mention, link, command or mark comes alive."""
    line = clip(" ".join(text.split()), most)
    return escaped(line)


def escaped(text: str) -> str:
    """Escape what Slack would act on, and leave out what turns the direction of writing."""
    # Each second part is an address, which somebody may copy.
    parts = _ADDRESS.split(_TURNS.sub("", text))
    text = "".join(part if at % 2 else _without_marks(part) for at, part in enumerate(parts))
    text = _QUOTES.sub(rf"\1{NO_WIDTH}>", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_marks(text: str) -> str:
    return _ENDS.sub(rf"{NO_WIDTH}\1", _BEGINS.sub(rf"\1{NO_WIDTH}", text.replace("`", GRAVE)))


def linked(text: str, address: str | None) -> str:
    """Make text of people harmless in mrkdwn, as a link where there is an address."""
    if address is None or any(sign in address for sign in "<>|"):
        return safe(text)
    return f"<{address.replace('&', '&amp;')}|{safe(text).replace('|', '/')}>"


def mrkdwn(text: str) -> Json:
    """A text object of Slack's markup."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, most: int = SECTION_CHARACTERS) -> Json:
    """A text object that is shown as it is."""
    return {"type": "plain_text", "text": clip(_TURNS.sub("", text), most), "emoji": False}


def header(text: str) -> Json:
    """A heading."""
    return {"type": "header", "text": plain(" ".join(text.split()), 150)}


def section(text: str, *, accessory: Json | None = None, block_id: str | None = None) -> Json:
    """A paragraph; the text is mrkdwn whose foreign parts are safe already."""
    block: Json = {"type": "section", "text": mrkdwn(clip(text, SECTION_CHARACTERS))}
    if accessory is not None:
        block["accessory"] = accessory
    if block_id is not None:
        block["block_id"] = block_id
    return block


def context(text: str) -> Json:
    """A small grey line."""
    return {"type": "context", "elements": [mrkdwn(clip(text, SECTION_CHARACTERS))]}


def divider() -> Json:
    """A line."""
    return {"type": "divider"}


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    about: str | None = None,
    style: str | None = None,
    confirm: Json | None = None,
) -> Json:
    """A button; `about` tells a screen reader what it acts on."""
    made: Json = {
        "type": "button",
        "text": plain(label, BUTTON_CHARACTERS),
        "action_id": action_id,
        "value": value,
    }
    if about is not None:
        stop = "" if label.endswith("?") else ":"
        made["accessibility_label"] = clip(f"{label}{stop} {about}", BUTTON_CHARACTERS)
    if style is not None:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    return made


def overflow(action_id: str, choices: Sequence[tuple[str, str]]) -> Json:
    """A menu behind three dots; each choice is a label and a value."""
    options = [{"text": plain(label, BUTTON_CHARACTERS), "value": value} for label, value in choices]
    return {"type": "overflow", "action_id": action_id, "options": options}


def confirm(title: str, text: str, yes: str) -> Json:
    """A question asked before a button does anything."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel"),
    }


def actions(*buttons: Json, block_id: str | None = None) -> Json:
    """A line of buttons; their action ids differ."""
    block: Json = {"type": "actions", "elements": list(buttons)}
    if block_id is not None:
        block["block_id"] = block_id
    return block


def characters(blocks: Iterable[Json]) -> int:
    """Count the characters of text that Slack counts in the blocks of a message."""
    return sum(_characters(block) for block in blocks)


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Join lines to as few texts as fit into a section each."""
    joined: list[str] = []
    for line in lines:
        kept = clip(line, SECTION_CHARACTERS)
        if joined and len(joined[-1]) + 1 + len(kept) <= SECTION_CHARACTERS:
            joined[-1] = f"{joined[-1]}\n{kept}"
        else:
            joined.append(kept)
    return joined


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(
            len(entry) if key == "text" and isinstance(entry, str) else _characters(entry)
            for key, entry in value.items()
        )
    if isinstance(value, list):
        return sum(map(_characters, value))
    return 0
