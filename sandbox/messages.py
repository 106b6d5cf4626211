from __future__ import annotations

import copy
import json
import re
from typing import Any

from sandbox import channels, files
from sandbox.hub import Hub
from sandbox.identifiers import fresh
from sandbox.state import Json

#: Fields of a stored message that only the page sees.
PAGE_ONLY = ("welcome", "ephemeral", "reader", "mentions")

#: Calls to everybody in a channel; they count as a mention of each.
EVERYBODY = ("<!channel>", "<!here>", "<!everyone>")


def post(hub: Hub, channel_id: str, *, user: str, text: str, **more: Any) -> Json:
    """Post a message; `more` are further fields of it (blocks, metadata, thread_ts, subtype, …)."""
    message = compose(hub, channel_id, user, text, more)
    hub.store.add(channel_id, message)
    files.share_pictures(hub, message.get("blocks"), channel_id)
    thread_ts = message.get("thread_ts")
    _note(hub, "post", channel_id, message | {"blocks": more.get("blocks")})
    if user != hub.state.bot_user_id:
        channels.mark_read(hub, channel_id, user, message["ts"])
    push(hub, channel_id, {"type": "message", "channel": channel_id, "message": for_page(message)})
    if thread_ts:
        _count_replies(hub, channel_id, thread_ts)
    if not thread_ts or message.get("subtype"):
        channels.announce(hub, channel_id)
    return message


def compose(hub: Hub, channel_id: str, user: str, text: str, more: Json) -> Json:
    """Return a new message with its timestamp, not yet kept anywhere."""
    given = {key: value for key, value in more.items() if value not in (None, "", [], {})}
    message: Json = {
        "type": "message",
        "user": user,
        "ts": hub.store.next_ts(channel_id, hub.clock.now()),
        "team": hub.state.team_of(channel_id)["id"],
        "text": text,
        **copy.deepcopy(given),
    }
    if user == hub.state.bot_user_id:
        app = hub.state.app
        profile = {"id": app["bot_id"], "app_id": app["id"], "name": app["name"], "deleted": False}
        message |= {"bot_id": app["bot_id"], "app_id": app["id"], "bot_profile": profile}
    name_parts(message.get("blocks", []))
    message["mentions"] = mentions(message)
    return message


def mentions(message: Json) -> list[str]:
    """Return the ids of the users a message calls, `*` for everybody."""
    said = message["text"] + json.dumps(message.get("blocks", ""), ensure_ascii=False)
    called = set(re.findall(r"<@([A-Z0-9]+)", said))
    return sorted(called | ({"*"} if any(call in said for call in EVERYBODY) else set()))


def name_parts(blocks: list[Json]) -> None:
    """Give every block and interactive element without an id one, as Slack does."""
    for block in blocks:
        block.setdefault("block_id", fresh("", 5))
        elements = block.get("elements", []) if block["type"] == "actions" else []
        for element in [*elements, block.get("accessory"), block.get("element")]:
            if element and element["type"] != "image":
                element.setdefault("action_id", fresh("", 5))


def edit(hub: Hub, channel_id: str, message: Json, changes: Json) -> None:
    """Change a message; a field changed to None goes away."""
    apply(message, changes)
    files.share_pictures(hub, message.get("blocks"), channel_id)
    message["edited"] = {"user": message["user"], "ts": f"{hub.clock.now().timestamp():.6f}"}
    hub.store.changed(channel_id, message["ts"])
    _note(hub, "update", channel_id, message | {"blocks": changes.get("blocks", message.get("blocks"))})
    changed(hub, channel_id, message)


def apply(message: Json, changes: Json) -> None:
    """Change fields of a message in place; a field changed to None goes away."""
    for key, value in copy.deepcopy(changes).items():
        if value is None:
            message.pop(key, None)
        else:
            message[key] = value
    name_parts(message.get("blocks", []))
    message["mentions"] = mentions(message)


def delete(hub: Hub, channel_id: str, message: Json) -> None:
    """Take a message away; the head of a thread leaves a line that says so."""
    _note(hub, "delete", channel_id, message)
    if hub.store.replies(channel_id, message["ts"]):
        gone: Json = dict.fromkeys(("blocks", "metadata", "attachments", "bot_id", "app_id", "bot_profile"))
        apply(message, gone | {"subtype": "tombstone", "text": "This message was deleted.", "hidden": True})
        hub.store.changed(channel_id, message["ts"])
        changed(hub, channel_id, message)
        return
    thread_ts = message.get("thread_ts")
    hub.store.remove(channel_id, message["ts"])
    push(hub, channel_id, {"type": "message_deleted", "channel": channel_id, "ts": message["ts"]})
    if thread_ts and thread_ts != message["ts"]:
        _count_replies(hub, channel_id, thread_ts)
    channels.announce(hub, channel_id)


def changed(hub: Hub, channel_id: str, message: Json) -> None:
    """Show a stored message anew."""
    hub.store.changed(channel_id, message["ts"])
    push(hub, channel_id, {"type": "message_changed", "channel": channel_id, "message": for_page(message)})


def _count_replies(hub: Hub, channel_id: str, thread_ts: str) -> None:
    parent = hub.store.get(channel_id, thread_ts)
    if parent is None:
        return
    replies = [hub.store.get(channel_id, ts) or {} for ts in hub.store.replies(channel_id, thread_ts)]
    writers = list(dict.fromkeys(reply["user"] for reply in replies))
    parent |= {
        "thread_ts": thread_ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "reply_users": writers[:5],
        "latest_reply": replies[-1]["ts"] if replies else None,
    }
    if not replies:
        for key in ("thread_ts", "reply_count", "reply_users_count", "reply_users", "latest_reply"):
            del parent[key]
    changed(hub, channel_id, parent)


def push(hub: Hub, channel_id: str, event: Json) -> None:
    """Send an event to the page of everybody in the channel."""
    channel = hub.state.channels[channel_id]
    hub.pages.push_each(channels.members(hub, channel), lambda _viewer: event)


def for_page(message: Json) -> Json:
    """Return the message as the page shows it."""
    return message | {"pinned": bool(message.get("pinned_to"))}


def as_slack(message: Json, *, metadata: bool = True) -> Json:
    """Return the message as the Web API shows it."""
    hidden = PAGE_ONLY if metadata else (*PAGE_ONLY, "metadata")
    return {key: value for key, value in message.items() if key not in hidden}


def _note(hub: Hub, kind: str, channel_id: str, message: Json) -> None:
    keys = ("ts", "thread_ts", "text", "blocks", "metadata", "user")
    hub.note(kind, channel=channel_id, **{key: copy.deepcopy(message.get(key)) for key in keys})
