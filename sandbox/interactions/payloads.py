from __future__ import annotations

import copy

from sandbox import ephemerals, messages, users, views
from sandbox.errors import NoAnswerError, RefusalError
from sandbox.hub import Hub
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json

#: Slack's old verification token; apps in Socket Mode do not look at it.
TOKEN = "local"  # noqa: S105 - not a secret
GENERIC = "We had some trouble connecting. Try again?"


def basis(hub: Hub, user: str, view_id: str | None = None) -> Json:
    """Return the fields every interactive payload has, with a fresh trigger."""
    name = users.name_of(hub, user)
    team = hub.state.team_of(user)
    return {
        "token": TOKEN,
        "api_app_id": hub.state.app["id"],
        "team": {"id": team["id"], "domain": team["domain"]},
        "user": {"id": user, "username": name, "name": name, "team_id": team["id"]},
        "enterprise": team.get("enterprise"),
        "is_enterprise_install": hub.state.is_whole(team),
        "trigger_id": hub.triggers.issue(user, view_id),
    }


def response_url(hub: Hub, target: ResponseUrl) -> str:
    """Return a new address for the answer to an interaction."""
    return f"{hub.base_url}/response/{hub.response_urls.issue(target)}"


def action_ts(hub: Hub) -> str:
    """Return the workspace's time as Slack stamps an action."""
    return f"{hub.clock.now().timestamp():.6f}"


def channel_fields(hub: Hub, channel_id: str) -> Json:
    """Return the channel as interactive payloads name it."""
    channel = hub.state.channels[channel_id]
    if channel["is_im"]:
        return {"id": channel_id, "name": "directmessage"}
    return {"id": channel_id, "name": "privategroup" if channel["is_private"] else channel["name"]}


def visible_view(hub: Hub, user: str, view_id: object) -> Json:
    """Return an open modal or the Home tab of this person.

    Raises:
        RefusalError: when it is no longer open.
    """
    found = hub.modals.find(str(view_id))
    if found is not None and found[0] == user:
        return found[1]
    home = views.home_of(hub, user)
    if home is not None and home["id"] == view_id:
        return home
    raise RefusalError("This form is no longer open.", 200)


def visible_message(hub: Hub, user: str, channel_id: str, ts: str) -> tuple[Json, bool]:
    """Return a message this person sees, and whether only they see it.

    Raises:
        RefusalError: when there is none.
    """
    own = ephemerals.find(hub, channel_id, ts, user)
    if own is not None:
        return own, True
    message = hub.store.get(channel_id, ts)
    if message is None:
        raise RefusalError("This message is no longer there.", 200)
    return message, False


def message_fields(message: Json) -> Json:
    """Return a message as interactive payloads carry it."""
    return copy.deepcopy(messages.as_slack(message))


async def tell(hub: Hub, payload: Json) -> object:
    """Send an interactive payload and return the payload of the acknowledgement.

    Raises:
        RefusalError: when no app answers within 3 seconds.
    """
    try:
        return await hub.link.deliver("interactive", payload)
    except NoAnswerError as error:
        raise RefusalError(f"That {error.sentence}", 200) from error


def note_error(hub: Hub, user: str, problem: str) -> None:
    """Record that the app answered in a way Slack refuses."""
    hub.note("error", user=user, text=problem)
