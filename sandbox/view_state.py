"""What the inputs of a view hold: `view.state.values`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.block_limits import elements_of
from sandbox.state import Json

#: The key under which an element keeps its value, by its type; its first value stands under `initial_…`.
KEPT_UNDER = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
MANY = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")


def inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each block and element that holds a value."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in KEPT_UNDER:
                yield block, element


def values(blocks: list[Json], *known: Any) -> Json:
    """Return the whole `state.values` of these blocks.

    `known` are earlier or sent `state.values`: the first that knows an element wins, and what none
    knows has its initial value.
    """
    result: Json = {}
    for block, element in inputs(blocks):
        kind, action_id = element["type"], element["action_id"]
        key = KEPT_UNDER[kind]
        held: Any = _initial(element, key)
        for earlier in known:
            entry = _entry(earlier, block["block_id"], action_id)
            if entry is not None and entry.get("type", kind) == kind and key in entry:
                held = entry[key]
                break
        if held is None and key in MANY:
            held = []
        if held == "" and key == "value":
            held = None
        result.setdefault(block["block_id"], {})[action_id] = {"type": kind, key: held}
    return result


def _initial(element: Json, key: str) -> Any:
    return element.get("initial_value" if key.endswith("value") else key.replace("selected", "initial"))


def _entry(values: Any, block_id: str, action_id: str) -> Json | None:
    block = values.get(block_id) if isinstance(values, dict) else None
    entry = block.get(action_id) if isinstance(block, dict) else None
    return entry if isinstance(entry, dict) else None


def held(element: Json, entry: Json) -> Any:
    """Return the bare value an element holds."""
    return entry[KEPT_UNDER[element["type"]]]
