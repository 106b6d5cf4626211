from __future__ import annotations

import copy
import secrets
from typing import Any

from sandbox import files, view_state
from sandbox.block_limits import view_problems, view_too_large
from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.identifiers import fresh
from sandbox.messages import name_parts
from sandbox.state import Json


def checked(hub: Hub, view: Any, kind: str, replaces: str = "") -> Json:
    """Return a copy of a view that Slack would accept.

    The kind is `modal` or `home`; a view that replaces another may keep its external id.

    Raises:
        SlackError: `invalid_arguments` with a JSON pointer for each problem, `view_too_large` or
            `duplicate_external_id`.
    """
    problems = view_problems(view, kind) or files.picture_problems(hub, view["blocks"], "/view/blocks")
    if problems:
        raise SlackError("invalid_arguments", problems)
    if view_too_large(view):
        raise SlackError("view_too_large")
    same = hub.modals.find_external(view.get("external_id") or "")
    if same is not None and same[1]["id"] != replaces:
        raise SlackError("duplicate_external_id")
    return copy.deepcopy(dict(view))


def check_hash(view: Json, expected: str) -> None:
    """Insist that the app knows the latest version, if it says which it knows.

    Raises:
        SlackError: `hash_conflict`.
    """
    if expected and expected != view["hash"]:
        raise SlackError("hash_conflict")


def open_modal(hub: Hub, user: str, view: Json) -> Json:
    """Open a modal; return it as Slack shows it."""
    dressed = _dress(hub, view, user)
    hub.modals.start(user, dressed)
    show(hub, user, "view_opened", dressed)
    return dressed


def push_modal(hub: Hub, user: str, view: Json) -> Json:
    """Open a modal above the visible one.

    Raises:
        SlackError: `push_limit_reached`.
    """
    below = hub.modals.stack(user)[-1]
    dressed = _dress(hub, view, user) | {"root_view_id": below["root_view_id"], "previous_view_id": below["id"]}
    hub.modals.push(user, dressed)
    show(hub, user, "view_opened", dressed)
    return dressed


def update_modal(hub: Hub, user: str, old: Json, view: Json) -> Json:
    """Replace an open modal; an input that stays keeps what was typed."""
    dressed = _dress(hub, view, user)
    kept = {key: old[key] for key in ("id", "root_view_id", "previous_view_id")}
    values = view_state.values(dressed["blocks"], old["state"]["values"])
    dressed |= kept | {"state": {"values": values}}
    hub.modals.replace(user, dressed)
    show(hub, user, "view_updated", dressed)
    return dressed


def publish_home(hub: Hub, user: str, view: Json) -> Json:
    """Replace a person's Home tab."""
    old = hub.state.homes.get(user)
    dressed = _dress(hub, view, user)
    if old is not None:
        dressed |= {"id": old["id"], "root_view_id": old["id"]}
    files.share_pictures(hub, dressed["blocks"], user)
    hub.state.homes[user] = dressed | {"owner": user}
    hub.note("home", user=user, blocks=copy.deepcopy(view["blocks"]))
    hub.pages.push(user, {"type": "home_updated", "view": dressed})
    return dressed


def home_of(hub: Hub, user: str) -> Json | None:
    """Return a person's Home tab as Slack shows it."""
    view = hub.state.homes.get(user)
    return {key: value for key, value in view.items() if key != "owner"} if view else None


def show(hub: Hub, user: str, event: str, view: Json) -> None:
    """Tell the person's pages what happened to a modal, and what is open now."""
    files.share_pictures(hub, view["blocks"], user)
    stack = [*hub.modals.stack(user)]
    hub.pages.push(user, {"type": event, "view": view, "stack": stack})


def keep_values(hub: Hub, view: Json, *known: Any) -> None:
    """Keep what the inputs of an open view hold; `known` as in `view_state.values`."""
    values = view_state.values(view["blocks"], *known, view["state"]["values"])
    for entry in (entry for block in values.values() for entry in block.values() if entry["type"] == "file_input"):
        entry["files"] = files.attached(hub, entry["files"])
    view["state"] = {"values": values}
    for owner, home in hub.state.homes.items():
        if home["id"] == view["id"]:
            home["state"] = view["state"]
            hub.state.homes.touch(owner)


def _dress(hub: Hub, view: Json, user: str) -> Json:
    blocks = view["blocks"]
    name_parts(blocks)
    view_id = fresh("V")
    app = hub.state.app
    dressed: Json = {
        "id": view_id,
        "team_id": hub.state.team_of(user)["id"],
        "type": view["type"],
        "title": view.get("title"),
        "submit": view.get("submit"),
        "close": view.get("close"),
        "blocks": blocks,
        "private_metadata": view.get("private_metadata") or "",
        "callback_id": view.get("callback_id") or "",
        "external_id": view.get("external_id") or "",
        "state": {"values": view_state.values(blocks)},
        "hash": f"{int(hub.clock.now().timestamp())}.{secrets.token_hex(4)}",
        "clear_on_close": bool(view.get("clear_on_close")),
        "notify_on_close": bool(view.get("notify_on_close")),
        "submit_disabled": bool(view.get("submit_disabled")),
        "root_view_id": view_id,
        "previous_view_id": None,
        "app_id": app["id"],
        "app_installed_team_id": hub.state.team_of(user)["id"],
        "bot_id": app["bot_id"],
    }
    return dressed
