from __future__ import annotations

from sandbox import views
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def open_view(call: Call) -> Json:
    """Open a modal for the person whose click made the trigger."""
    view = _view(call, "modal")
    trigger = call.hub.triggers.exchange(call.text("trigger_id"))
    return {"view": views.open_modal(call.hub, trigger.user, view)}


def push_view(call: Call) -> Json:
    """Open a modal above the one the trigger comes from."""
    view = _view(call, "modal")
    trigger = call.hub.triggers.exchange(call.text("trigger_id"))
    if trigger.view_id is None or call.hub.modals.find(trigger.view_id) is None:
        raise SlackError("not_found")
    return {"view": views.push_modal(call.hub, trigger.user, view)}


def _view(call: Call, kind: str) -> Json:
    call.need("view", "user_id" if call.method == "views.publish" else "trigger_id")
    return views.checked(call.hub, call.document("view", "invalid_arguments"), kind)


def update_view(call: Call) -> Json:
    """Replace an open view."""
    call.need("view")
    modals, view_id, external_id = call.hub.modals, call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        call.need("view_id")
    found = modals.find(view_id) if view_id else modals.find_external(external_id)
    home = next((view for view in call.hub.state.homes.values() if view_id == view["id"]), None)
    if home is not None:
        view = views.checked(call.hub, call.document("view", "invalid_arguments"), "home")
        views.check_hash(home, call.text("hash"))
        return {"view": views.publish_home(call.hub, home["owner"], view)}
    if found is None:
        raise SlackError("not_found")
    user, old = found
    view = views.checked(call.hub, call.document("view", "invalid_arguments"), "modal", old["id"])
    views.check_hash(old, call.text("hash"))
    return {"view": views.update_modal(call.hub, user, old, view)}


def publish_view(call: Call) -> Json:
    """Show a person their Home tab."""
    view, user = _view(call, "home"), call.text("user_id")
    if user not in call.hub.state.users:
        raise SlackError("user_not_found")
    if user in call.hub.state.homes:
        views.check_hash(call.hub.state.homes[user], call.text("hash"))
    return {"view": views.publish_home(call.hub, user, view)}


METHODS = {
    "views.open": open_view,
    "views.publish": publish_view,
    "views.push": push_view,
    "views.update": update_view,
}
