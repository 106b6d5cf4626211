from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from sandbox import view_state, views
from sandbox.block_limits import elements_of
from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.interactions import payloads
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json

#: What an action repeats of its element.
REPEATED = ("text", "value", "style", "placeholder", "confirm", "url")


@dataclass(frozen=True)
class Use:
    """What a person did with one element.

    Args:
        user: who did it.
        part: block_id and action_id of the element.
        value: what was chosen, in the keys of Slack's payload; empty for a button.
        known: the `state.values` the page holds, or None.
    """

    user: str
    part: tuple[str, str]
    value: Json
    known: Any = None


async def act(hub: Hub, container: Json, use: Use) -> None:
    """Tell the app that a person pressed a button or chose something in a message or a view.

    Raises:
        RefusalError: when the element is gone, or the app does not answer within 3 seconds.
    """
    if container["type"] == "view":
        await _act_in_view(hub, payloads.visible_view(hub, use.user, container["view_id"]), use)
    else:
        await _act_on_message(hub, str(container["channel"]), str(container["ts"]), use)


async def _act_in_view(hub: Hub, view: Json, use: Use) -> None:
    block, element = find_element(view["blocks"], *use.part)
    action = _action(hub, block, element, use.value)
    views.keep_values(hub, view, {use.part[0]: {use.part[1]: action}}, use.known)
    if block["type"] == "input" and not block.get("dispatch_action"):
        # Slack keeps such a value to itself until the form is sent.
        return
    await payloads.tell(
        hub,
        {
            "type": "block_actions",
            **payloads.basis(hub, use.user, view["id"] if view["type"] == "modal" else None),
            "container": {"type": "view", "view_id": view["id"]},
            "view": copy.deepcopy(view),
            "actions": [action],
        },
    )


async def _act_on_message(hub: Hub, channel_id: str, ts: str, use: Use) -> None:
    message, ephemeral = payloads.visible_message(hub, use.user, channel_id, ts)
    block, element = find_element(message.get("blocks", []), *use.part)
    action = _action(hub, block, element, use.value)
    thread_ts = message.get("thread_ts")
    target = ResponseUrl(channel_id, use.user, ts, ephemeral, thread_ts if thread_ts != ts else None)
    own = {use.part[0]: {use.part[1]: action}}
    payload: Json = {
        "type": "block_actions",
        **payloads.basis(hub, use.user),
        "container": message_container(channel_id, message, ephemeral=ephemeral),
        "channel": payloads.channel_fields(hub, channel_id),
        "state": {"values": view_state.values(message.get("blocks", []), own, use.known)},
        "response_url": payloads.response_url(hub, target),
        "actions": [action],
    }
    if not ephemeral:
        # Slack keeps no ephemeral message, so it cannot send one along.
        payload["message"] = payloads.message_fields(message)
    await payloads.tell(hub, payload)


def message_container(channel_id: str, message: Json, *, ephemeral: bool) -> Json:
    """Return the `container` field for something that happened on a message."""
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel_id,
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    return container


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """Return the block and the element the person used.

    Raises:
        RefusalError: when it is not there (any more).
    """
    for block in blocks:
        if block["block_id"] != block_id:
            continue
        for element in elements_of(block):
            if element["action_id"] == action_id:
                return block, element
    raise RefusalError("This button or field is no longer there.", 200)


def _action(hub: Hub, block: Json, element: Json, value: Json) -> Json:
    kind = element["type"]
    action: Json = {
        "type": kind,
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": payloads.action_ts(hub),
    }
    action |= {key: copy.deepcopy(element[key]) for key in REPEATED if key in element}
    key = "selected_option" if kind == "overflow" else view_state.KEPT_UNDER.get(kind)
    if key is not None:
        chosen = value.get(key)
        _check_offered(element, chosen)
        action[key] = chosen
    return action


def _check_offered(element: Json, chosen: Any) -> None:
    groups = element.get("option_groups", [])
    offered = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    picked = chosen if isinstance(chosen, list) else [chosen]
    known = [option["value"] for option in offered]
    if offered and any(isinstance(option, dict) and option.get("value") not in known for option in picked):
        raise RefusalError("This choice is not on the list.", 200)
