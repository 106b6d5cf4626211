from __future__ import annotations

import copy
from typing import Any

from sandbox import view_state, views
from sandbox.check_values import value_errors
from sandbox.errors import RefusalError, SlackError
from sandbox.hub import Hub
from sandbox.interactions import payloads
from sandbox.interactions.close_view import tell_closed
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json


async def submit_view(hub: Hub, user: str, view_id: str, values: Any) -> Json:
    """Send a modal to the app; return what came of it: `response_action` and perhaps `errors`.

    Raises:
        RefusalError: when the modal is not open or the app does not answer (well); the modal stays open.
    """
    stack = hub.modals.stack(user)
    if not stack or stack[-1]["id"] != view_id:
        raise RefusalError("This form is no longer open.", 200)
    view = stack[-1]
    views.keep_values(hub, view, values)
    errors = value_errors(view)
    if errors:
        return _show_errors(hub, user, view, errors)
    acknowledgement = await payloads.tell(hub, _payload(hub, user, view))
    try:
        return _follow(hub, user, view, acknowledgement)
    except SlackError as error:
        problem = f"{error.code} {'; '.join(error.messages)}".strip()
        payloads.note_error(hub, user, f"answer to {view['callback_id'] or view_id}: {problem}")
        event = {"type": "view_errors", "view_id": view_id, "errors": {}, "error": payloads.GENERIC}
        hub.pages.push(user, event)
        raise RefusalError(payloads.GENERIC, 200) from error


def _payload(hub: Hub, user: str, view: Json) -> Json:
    return {
        "type": "view_submission",
        **payloads.basis(hub, user, view["id"]),
        "view": copy.deepcopy(view),
        "response_urls": _response_urls(hub, user, view),
    }


def _response_urls(hub: Hub, user: str, view: Json) -> list[Json]:
    found = []
    for block, element in view_state.inputs(view["blocks"]):
        if not element.get("response_url_enabled"):
            continue
        entry = view["state"]["values"][block["block_id"]][element["action_id"]]
        channel_id = view_state.held(element, entry)
        if channel_id in hub.state.channels:
            found.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel_id,
                    "response_url": payloads.response_url(hub, ResponseUrl(channel_id, user)),
                }
            )
    return found


def _follow(hub: Hub, user: str, view: Json, acknowledgement: Any) -> Json:
    if acknowledgement in (None, {}, ""):
        for gone in hub.modals.close(user, view["id"]):
            views.show(hub, user, "view_closed", gone)
        return {"response_action": "close"}
    if not isinstance(acknowledgement, dict):
        raise SlackError("invalid_payload")
    action = acknowledgement.get("response_action")
    if action == "errors":
        return _show_errors(hub, user, view, _checked_errors(view, acknowledgement.get("errors")))
    if action in {"update", "push"}:
        replaced = view["id"] if action == "update" else ""
        fresh = views.checked(hub, acknowledgement.get("view"), "modal", replaced)
        if action == "push":
            views.push_modal(hub, user, fresh)
        else:
            views.update_modal(hub, user, view, fresh)
    elif action == "clear":
        _clear(hub, user, view)
    else:
        raise SlackError("invalid_response_action")
    return {"response_action": action}


def _clear(hub: Hub, user: str, view: Json) -> None:
    for gone in reversed(hub.modals.clear(user)):
        views.show(hub, user, "view_closed", gone)
        if gone["id"] != view["id"]:
            tell_closed(hub, user, gone, cleared=True)


def _show_errors(hub: Hub, user: str, view: Json, errors: dict[str, str]) -> Json:
    event = {"type": "view_errors", "view_id": view["id"], "errors": errors, "error": None}
    hub.pages.push(user, event)
    return {"response_action": "errors", "errors": errors}


def _checked_errors(view: Json, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", ["[ERROR] no errors given"])
    wrong = [f"[ERROR] no input block has the block_id {key}" for key in errors if key not in inputs]
    wrong += [f"[ERROR] the error for {key} is no text" for key in errors if not isinstance(errors[key], str)]
    if wrong:
        raise SlackError("invalid_errors", wrong)
    return dict(errors)
