"""Slack's limits of blocks, messages and views."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.chart_limits import DATA_VISUALIZATION, MESSAGE_CHARTS
from sandbox.element_limits import (
    ACTIONS_ELEMENT,
    CONTEXT_ELEMENT,
    GROUP,
    INPUT_ELEMENT,
    MOST_OPTIONS,
    OPTION,
    SECTION_ELEMENT,
    SLACK_FILE,
    URL,
)
from sandbox.shapes import (
    Check,
    any_of,
    anything,
    by_type,
    exactly_one,
    flag,
    many,
    plain,
    string,
    thing,
    words,
    wrong,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
#: Characters of text in all blocks of one message together; Slack does not document it.
MESSAGE_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
VIEW_BYTES = 250_000

_ID = {"block_id": string(255, 1)}

_EVERYWHERE: dict[str, Check] = {
    "section": thing(
        {},
        _ID
        | {
            "text": words(3000),
            "fields": many(words(2000), 10),
            "accessory": SECTION_ELEMENT,
            "expand": flag,
        },
        any_of("text", "fields"),
    ),
    "header": thing({"text": plain(150)}, _ID),
    "divider": thing({}, _ID),
    "context": thing({"elements": many(CONTEXT_ELEMENT, 10)}, _ID),
    "actions": thing({"elements": many(ACTIONS_ELEMENT, 25)}, _ID),
    "image": thing(
        {"alt_text": string(2000, 1)},
        _ID | {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": thing(
        {"label": plain(2000), "element": INPUT_ELEMENT},
        _ID | {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": thing(
        {
            "elements": many(
                thing(
                    {},
                    {
                        "elements": anything,
                        "style": anything,
                        "indent": anything,
                        "offset": anything,
                        "border": anything,
                        "language": anything,
                    },
                ),
                3000,
            )
        },
        _ID,
    ),
    "video": thing(
        {"alt_text": string(2000, 1), "title": plain(200), "thumbnail_url": URL, "video_url": URL},
        _ID
        | {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(),
            "title_url": URL,
        },
    ),
}

_MESSAGES_ONLY: dict[str, Check] = {
    "markdown": thing({"text": string(MARKDOWN_CHARACTERS, 1)}, _ID),
    "data_visualization": DATA_VISUALIZATION,
    "table": thing({"rows": many(many(anything, 20), 100)}, _ID | {"column_settings": many(anything, 20, 0)}),
}

_MESSAGE = many(by_type(_EVERYWHERE | _MESSAGES_ONLY), MESSAGE_BLOCKS, 0)
_VIEW = many(by_type(_EVERYWHERE), VIEW_BLOCKS, 0)

_VIEW_FIELDS: dict[str, Check] = {
    "blocks": _VIEW,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_BUTTONS: dict[str, Check] = {
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}
_VIEWS: dict[str, Check] = {
    "modal": thing({"title": plain(24), "blocks": _VIEW}, _VIEW_FIELDS | _BUTTONS),
    "home": thing({"blocks": _VIEW}, _VIEW_FIELDS),
}


_SUGGESTION = thing(
    {},
    {"options": many(OPTION, MOST_OPTIONS, 0), "option_groups": many(GROUP, MOST_OPTIONS, 0)},
    any_of("options", "option_groups"),
)


def message_problems(blocks: Any, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse in the blocks of a message; [] when nothing."""
    problems = list(_MESSAGE(blocks, at))
    if not problems:
        problems += _together(blocks, at)
        if sum(block["type"] == "table" for block in blocks) > 1:
            problems.append(wrong("only one table allowed", at))
        if sum(block["type"] == "data_visualization" for block in blocks) > MESSAGE_CHARTS:
            problems.append(wrong(f"no more than {MESSAGE_CHARTS} charts allowed", at))
    return problems


def message_too_long(blocks: Any) -> bool:
    """Tell whether the blocks hold more text than one message may."""
    return sum(len(text) for text in _texts(blocks)) > MESSAGE_CHARACTERS


def view_problems(view: Any, kind: str, at: str = "/view") -> list[str]:
    """Return what Slack would refuse in a view of this kind, `modal` or `home`; [] when nothing."""
    problems = list(by_type({kind: _VIEWS[kind]})(view, at))
    if problems:
        return problems
    blocks = view["blocks"]
    has_input = any(block["type"] == "input" for block in blocks)
    if kind == "modal" and has_input and not view.get("submit"):
        problems.append(wrong("missing required field: submit", at))
    return problems + list(_together(blocks, f"{at}/blocks"))


def view_too_large(view: Any) -> bool:
    """Tell whether the view takes more room than Slack allows."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def suggestion_problems(answer: Any) -> list[str]:
    """Return what Slack would refuse in the answer to a block_suggestion; [] when nothing."""
    answer = {key: value for key, value in answer.items() if value is not None} if answer else {}
    return list(_SUGGESTION(answer, ""))


def elements_of(block: Any) -> list[Any]:
    """Return the interactive elements of a block."""
    inside = block.get("elements", []) if block["type"] == "actions" else []
    elements = [*inside, block.get("accessory"), block.get("element")]
    return [element for element in elements if element and element["type"] != "image"]


def _together(blocks: Any, at: str) -> Iterator[str]:
    named = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for block_id in (name for name, times in named.items() if times > 1):
        yield wrong(f"`block_id` {block_id} already exists", at)
    focused = 0
    for place, block in enumerate(blocks):
        elements = elements_of(block)
        ids = Counter(element["action_id"] for element in elements if element.get("action_id"))
        for action_id in (name for name, times in ids.items() if times > 1):
            yield wrong(f"`action_id` {action_id} already exists in this block", f"{at}/{place}")
        focused += sum(bool(element.get("focus_on_load")) for element in elements)
    if focused > 1:
        yield wrong("only one element may have `focus_on_load`", at)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key == "text" and isinstance(entry, str):
                yield entry
            else:
                yield from _texts(entry)
