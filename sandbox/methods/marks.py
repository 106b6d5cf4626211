from __future__ import annotations

import re

from sandbox import channels, messages
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def pin(call: Call) -> Json:
    """Pin a message to its channel."""
    channel_id, message = _marked(call)
    if channel_id in message.get("pinned_to", []):
        raise SlackError("already_pinned")
    message["pinned_to"] = [channel_id]
    messages.changed(call.hub, channel_id, message)
    return {}


def react(call: Call) -> Json:
    """Put the app's reaction under a message."""
    call.need("name")
    name, bot = call.text("name").strip(":"), call.hub.state.bot_user_id
    channel_id, message = _marked(call)
    if call.hub.state.channels[channel_id]["is_archived"]:
        raise SlackError("is_archived")
    if not re.fullmatch(r"[a-z0-9_+'\-]+(::skin-tone-\d)?", name):
        raise SlackError("invalid_name")
    reactions = [dict(reaction) for reaction in message.get("reactions", [])]
    same = [reaction for reaction in reactions if reaction["name"] == name]
    if same and bot in same[0]["users"]:
        raise SlackError("already_reacted")
    if same:
        same[0] |= {"users": [*same[0]["users"], bot], "count": same[0]["count"] + 1}
    else:
        reactions.append({"name": name, "users": [bot], "count": 1})
    message["reactions"] = reactions
    messages.changed(call.hub, channel_id, message)
    return {}


def _marked(call: Call) -> tuple[str, Json]:
    call.need("channel", "timestamp")
    channel = channels.find(call.hub, call.text("channel"))
    if not channels.is_member(call.hub, channel, call.hub.state.bot_user_id):
        raise SlackError("not_in_channel")
    message = call.hub.store.get(channel["id"], call.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return channel["id"], message


METHODS = {
    "pins.add": pin,
    "reactions.add": react,
}
