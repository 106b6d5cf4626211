from __future__ import annotations

import re

from sandbox import channels
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.identifiers import fresh
from sandbox.paging import page
from sandbox.state import Json

TYPES = {"public_channel", "private_channel", "mpim", "im"}


def of_types(call: Call) -> list[Json]:
    """Return the channels of the kinds the call names, whoever is in them.

    Raises:
        SlackError: `invalid_types`.
    """
    wanted = {kind.strip() for kind in call.text("types", "public_channel").split(",")}
    if wanted - TYPES:
        raise SlackError("invalid_types")
    return [
        channel
        for channel in call.hub.state.channels.values()
        if _kind(channel) in wanted
        and call.reaches(channel["id"])
        and not (call.flag("exclude_archived") and channel["is_archived"])
    ]


def _kind(channel: Json) -> str:
    if channel["is_im"]:
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def listing(call: Call) -> Json:
    """List the channels the app may see."""
    hub = call.hub
    seen = [found for found in of_types(call) if channels.visible(hub, found, hub.state.bot_user_id)]
    shown, more = page(call, seen)
    return {"channels": [channels.as_slack(hub, channel) for channel in shown], **more}


def info(call: Call) -> Json:
    """Describe one channel."""
    call.need("channel")
    return {"channel": channels.as_slack(call.hub, _exact(call))}


def _exact(call: Call) -> Json:
    # Unlike chat.postMessage these methods know a channel by its id only.
    channel = call.hub.state.channels.get(call.text("channel"))
    if channel is None or not channels.visible(call.hub, channel, call.hub.state.bot_user_id):
        raise SlackError("channel_not_found")
    return channel


def members(call: Call) -> Json:
    """List the ids of everybody in a channel."""
    call.need("channel")
    shown, more = page(call, channels.members(call.hub, _exact(call)))
    return {"members": shown, **more}


def join(call: Call) -> Json:
    """Let the app join a public channel."""
    call.need("channel")
    channel, bot = _exact(call), call.hub.state.bot_user_id
    if channel["is_im"] or channel["is_private"]:
        raise SlackError("method_not_supported_for_channel_type")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if channels.is_member(call.hub, channel, bot):
        return {"channel": channels.as_slack(call.hub, channel), "warning": "already_in_channel"}
    channel.pop("without_app", None)
    if not channels.is_member(call.hub, channel, bot):
        channel["members"] = [*channel["members"], bot]
    call.hub.state.channels.touch(channel["id"])
    channels.announce(call.hub, channel["id"])
    return {"channel": channels.as_slack(call.hub, channel)}


def open_direct(call: Call) -> Json:
    """Open the direct message channel with one person."""
    if call.text("channel"):
        return {"channel": {"id": _exact(call)["id"]}}
    call.need("users")
    named = [user.strip() for user in call.text("users").split(",")]
    if len(named) != 1:
        raise SlackError("too_many_users")
    if named[0] == call.hub.state.bot_user_id:
        raise SlackError("cannot_dm_bot")
    if named[0] not in call.hub.state.users:
        raise SlackError("user_not_found")
    if call.hub.state.users[named[0]].get("deleted"):
        raise SlackError("user_disabled")
    channel = channels.open_im(call.hub, call.hub.state.bot_user_id, named[0])
    shown = channels.as_slack(call.hub, channel) if call.flag("return_im") else {"id": channel["id"]}
    return {"channel": shown}


def create(call: Call) -> Json:
    """Create a channel with the app in it."""
    call.need("name")
    hub, name = call.hub, call.text("name")
    if not re.fullmatch(r"[a-z0-9_\-]{1,80}", name):
        raise SlackError("invalid_name_maxlength" if len(name) > 80 else "invalid_name_specials")  # noqa: PLR2004
    if any(channel["name"] == name for channel in hub.state.channels.values()):
        raise SlackError("name_taken")
    channel = {
        "id": fresh("C"),
        "name": name,
        "topic": "",
        "purpose": "",
        "members": [hub.state.bot_user_id],
        "is_im": False,
        "is_private": call.flag("is_private"),
        "is_archived": False,
        "created": int(hub.clock.now().timestamp()),
        "creator": hub.state.bot_user_id,
    }
    hub.state.channels[str(channel["id"])] = channel
    return {"channel": channels.as_slack(hub, channel)}


METHODS = {
    "conversations.create": create,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.list": listing,
    "conversations.members": members,
    "conversations.open": open_direct,
}
