from __future__ import annotations

import copy
from typing import Any

from sandbox.block_limits import suggestion_problems
from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.interactions import payloads
from sandbox.interactions.act import find_element, message_container
from sandbox.state import Json


async def suggest_options(hub: Hub, user: str, container: Json, part: tuple[str, str], query: str) -> Json:
    """Ask the app for the options that match what was typed; return `options` or `option_groups`.

    Raises:
        RefusalError: when the field is gone, or the app does not answer (well) within 3 seconds.
    """
    place = _place(hub, user, container, part)
    payload = {
        "type": "block_suggestion",
        **payloads.basis(hub, user),
        "block_id": part[0],
        "action_id": part[1],
        "value": query,
        **place,
    }
    del payload["trigger_id"]
    answer = await payloads.tell(hub, payload)
    problems = suggestion_problems(answer)
    if problems:
        payloads.note_error(hub, user, f"options for {part[1]}: {'; '.join(problems)}")
        raise RefusalError("The result could not be loaded.", 200)
    return _options(answer)


def _options(answer: Any) -> Json:
    if answer.get("option_groups") is not None:
        return {"option_groups": answer["option_groups"]}
    return {"options": answer.get("options") or []}


def _place(hub: Hub, user: str, container: Json, part: tuple[str, str]) -> Json:
    if container["type"] == "view":
        view = payloads.visible_view(hub, user, container["view_id"])
        blocks = view["blocks"]
        place: Json = {"container": {"type": "view", "view_id": view["id"]}, "view": copy.deepcopy(view)}
    else:
        channel_id = str(container["channel"])
        message, ephemeral = payloads.visible_message(hub, user, channel_id, str(container["ts"]))
        blocks = message.get("blocks", [])
        place = {
            "container": message_container(channel_id, message, ephemeral=ephemeral),
            "channel": payloads.channel_fields(hub, channel_id),
        }
        if not ephemeral:
            place["message"] = payloads.message_fields(message)
    _, element = find_element(blocks, *part)
    if element["type"] not in {"external_select", "multi_external_select"}:
        raise RefusalError("This field has no options of the app's.", 200)
    return place
