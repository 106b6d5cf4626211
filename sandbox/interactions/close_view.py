from __future__ import annotations

import copy

from sandbox import views
from sandbox.errors import NoAnswerError
from sandbox.hub import Hub
from sandbox.interactions import payloads
from sandbox.state import Json


def close_view(hub: Hub, user: str, view_id: str, *, everything: bool = False) -> None:
    """Close a modal, or the whole stack; the app hears of those that ask for it."""
    found = hub.modals.find(view_id)
    if found is None or found[0] != user:
        return
    cleared = everything or bool(found[1]["clear_on_close"])
    gone = hub.modals.clear(user) if cleared else hub.modals.close(user, view_id)
    for view in reversed(gone):
        views.show(hub, user, "view_closed", view)
        tell_closed(hub, user, view, cleared=cleared)


def tell_closed(hub: Hub, user: str, view: Json, *, cleared: bool) -> None:
    """Tell the app that a view was closed without being sent, if the view asked for that."""
    if not view["notify_on_close"]:
        return
    payload = {
        "type": "view_closed",
        **payloads.basis(hub, user),
        "view": copy.deepcopy(view),
        "is_cleared": cleared,
    }
    del payload["trigger_id"]
    hub.start(_send(hub, payload))


async def _send(hub: Hub, payload: Json) -> None:
    try:
        await hub.link.deliver("interactive", payload)
    except NoAnswerError as error:
        payloads.note_error(hub, payload["user"]["id"], f"view_closed {error.sentence}")
