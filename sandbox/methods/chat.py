from __future__ import annotations

import json
from typing import Any

from sandbox import channels, ephemerals, messages
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.message_body import check_body, check_pictures
from sandbox.state import Json


def post_message(call: Call) -> Json:
    """Post a message as the app."""
    call.need("channel")
    channel = _writable(call)
    text, blocks, attachments = _body(call)
    message = messages.post(
        call.hub,
        channel["id"],
        user=call.hub.state.bot_user_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=_metadata(call),
        thread_ts=_thread(call, channel["id"]),
        subtype="thread_broadcast" if call.text("thread_ts") and call.flag("reply_broadcast") else None,
    )
    return {"channel": channel["id"], "ts": message["ts"], "message": messages.as_slack(message)}


def update(call: Call) -> Json:
    """Change a message of the app."""
    call.need("channel", "ts")
    channel, message = _own(call, "cant_update_message")
    if channel["is_archived"]:
        raise SlackError("is_inactive")
    blocks = call.document("blocks", "invalid_blocks_format")
    given = {name for name in ("text", "blocks", "attachments") if call.args.get(name) is not None}
    text, _, attachments = _body(call)
    changes: Json = {}
    if given:
        # Slack keeps the old blocks only when neither new text nor new blocks are given.
        changes["blocks"] = blocks or (None if given & {"text", "blocks"} else message.get("blocks"))
        changes["text"] = text if "text" in given else message["text"]
    if "attachments" in given:
        changes["attachments"] = attachments or None
    if call.args.get("metadata") is not None:
        changes["metadata"] = _metadata(call) or None
    messages.edit(call.hub, channel["id"], message, changes)
    shown = messages.as_slack(message)
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": shown}


def delete(call: Call) -> Json:
    """Delete a message of the app."""
    call.need("channel", "ts")
    channel, message = _own(call, "cant_delete_message")
    messages.delete(call.hub, channel["id"], message)
    return {"channel": channel["id"], "ts": call.text("ts")}


def post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel."""
    call.need("channel", "user")
    channel, reader = _writable(call), call.text("user")
    if reader not in call.hub.state.users or not channels.is_member(call.hub, channel, reader):
        raise SlackError("user_not_in_channel")
    text, blocks, attachments = _body(call)
    more = {"blocks": blocks, "attachments": attachments, "thread_ts": _thread(call, channel["id"])}
    message = ephemerals.show(call.hub, channel["id"], reader, text, **more)
    return {"message_ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    """Return the address of one message."""
    call.need("channel", "message_ts")
    channel, ts = channels.find(call.hub, call.text("channel")), call.text("message_ts")
    message = call.hub.store.get(channel["id"], ts)
    if message is None:
        raise SlackError("message_not_found")
    # The page shows this address; a reply opens with its thread beside it.
    link = f"{call.hub.base_url}/#/{channel['id']}/p{ts}"
    thread_ts = message.get("thread_ts", ts)
    if thread_ts != ts:
        link += f"/t{thread_ts}"
    return {"channel": channel["id"], "permalink": link}


def _writable(call: Call) -> Json:
    channel = channels.find(call.hub, call.text("channel"))
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if not channels.is_member(call.hub, channel, call.hub.state.bot_user_id):
        raise SlackError("not_in_channel")
    return channel


def _own(call: Call, refusal: str) -> tuple[Json, Json]:
    channel = channels.find(call.hub, call.text("channel"))
    message = call.hub.store.get(channel["id"], call.text("ts"))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message["user"] != call.hub.state.bot_user_id:
        raise SlackError(refusal)
    return channel, message


def _body(call: Call) -> tuple[str, Any, Any]:
    blocks = call.document("blocks", "invalid_blocks_format")
    attachments = call.document("attachments", "invalid_attachments")
    text = call.text("text")
    limit = 4_000 if call.method == "chat.update" else 40_000
    required = call.method != "chat.update" or call.args.get("metadata") is None
    check_body(text, blocks, attachments, longest=limit, required=required)
    check_pictures(call.hub, blocks)
    return text, blocks, attachments


def _metadata(call: Call) -> Any:
    metadata = call.document("metadata", "invalid_metadata_format")
    if metadata in (None, {}):
        return metadata
    shape = isinstance(metadata, dict) and set(metadata) <= {"event_type", "event_payload", "entities"}
    named = shape and isinstance(metadata.get("event_type"), str) and metadata["event_type"]
    if not named or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata["event_payload"])) > 16_000:  # noqa: PLR2004 - Slack's limit, used once
        raise SlackError("metadata_too_large")
    return metadata


def _thread(call: Call, channel_id: str) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.hub.store.get(channel_id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.get("thread_ts", thread_ts) != thread_ts:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


METHODS = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
