from __future__ import annotations

from typing import Any

from sandbox import files, messages
from sandbox.hub import Hub
from sandbox.state import Json


def show(hub: Hub, channel_id: str, reader: str, text: str, **more: Any) -> Json:
    """Show a message of the app to one person only; `more` are further fields (blocks, thread_ts)."""
    message = messages.compose(hub, channel_id, hub.state.bot_user_id, text, more) | {"ephemeral": True}
    hub.state.ephemerals[f"{channel_id}/{message['ts']}"] = message | {"reader": reader}
    files.share_pictures(hub, more.get("blocks"), reader)
    _note(hub, "ephemeral", channel_id, message | {"blocks": more.get("blocks")}, reader)
    hub.pages.push(reader, {"type": "message", "channel": channel_id, "message": messages.for_page(message)})
    return message


def find(hub: Hub, channel_id: str, ts: str, reader: str) -> Json | None:
    """Return a message only this person sees."""
    message = hub.state.ephemerals.get(f"{channel_id}/{ts}")
    return message if message and message["reader"] == reader else None


def shown_to(hub: Hub, channel_id: str, reader: str) -> list[Json]:
    """Return what only this person sees in the channel, oldest first."""
    found = [
        message
        for key, message in hub.state.ephemerals.items()
        if key.startswith(f"{channel_id}/") and message["reader"] == reader
    ]
    return sorted(found, key=lambda message: str(message["ts"]))


def replace(hub: Hub, channel_id: str, message: Json, changes: Json) -> None:
    """Put other words into a message only one person sees."""
    messages.apply(message, changes)
    files.share_pictures(hub, message.get("blocks"), message["reader"])
    hub.state.ephemerals.touch(f"{channel_id}/{message['ts']}")
    _note(hub, "update", channel_id, message, message["reader"])
    event = {"type": "message_changed", "channel": channel_id, "message": messages.for_page(message)}
    hub.pages.push(message["reader"], event)


def dismiss(hub: Hub, channel_id: str, message: Json) -> None:
    """Take away a message only one person sees."""
    del hub.state.ephemerals[f"{channel_id}/{message['ts']}"]
    _note(hub, "delete", channel_id, message, message["reader"])
    event = {"type": "message_deleted", "channel": channel_id, "ts": message["ts"]}
    hub.pages.push(message["reader"], event)


def _note(hub: Hub, kind: str, channel_id: str, message: Json, reader: str) -> None:
    facts = {key: message.get(key) for key in ("ts", "thread_ts", "text", "blocks", "metadata")}
    hub.note(kind, channel=channel_id, user=reader, ephemeral=True, **facts)
