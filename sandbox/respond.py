from __future__ import annotations

from typing import Any

from sandbox import ephemerals, messages
from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.message_body import check_body, check_pictures
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json

KNOWN = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"}
IGNORED = {"metadata", "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "parse"}


def respond(hub: Hub, target: ResponseUrl, body: Any) -> None:
    """Answer an interaction as the app asks, through an acknowledgement or a response address.

    Raises:
        SlackError: when Slack would refuse the answer.
    """
    if not isinstance(body, dict) or set(body) - KNOWN - IGNORED:
        raise SlackError("invalid_payload")
    if body.get("delete_original"):
        _delete(hub, target)
        return
    check_body(str(body.get("text") or ""), body.get("blocks"), body.get("attachments"))
    check_pictures(hub, body.get("blocks"))
    if body.get("replace_original") and target.ts:
        _replace(hub, target, body)
    elif body.get("response_type") in (None, "", "ephemeral"):
        ephemerals.show(hub, target.channel, target.user, str(body.get("text") or ""), **_more(target, body))
    elif body["response_type"] == "in_channel":
        text, bot = str(body.get("text") or ""), hub.state.bot_user_id
        messages.post(hub, target.channel, user=bot, text=text, **_more(target, body))
    else:
        raise SlackError("invalid_response_type")


def _more(target: ResponseUrl, body: Json) -> Json:
    return {
        "blocks": body.get("blocks"),
        "attachments": body.get("attachments"),
        "thread_ts": body.get("thread_ts") or target.thread_ts,
    }


def _replace(hub: Hub, target: ResponseUrl, body: Json) -> None:
    changes = {
        "text": str(body.get("text") or ""),
        "blocks": body.get("blocks") or None,
        "attachments": body.get("attachments") or None,
    }
    if target.ephemeral:
        ephemerals.replace(hub, target.channel, _ephemeral(hub, target), changes)
    else:
        messages.edit(hub, target.channel, _message(hub, target), changes)


def _delete(hub: Hub, target: ResponseUrl) -> None:
    if target.ts is None:
        raise SlackError("message_not_found")
    if target.ephemeral:
        ephemerals.dismiss(hub, target.channel, _ephemeral(hub, target))
    else:
        messages.delete(hub, target.channel, _message(hub, target))


def _ephemeral(hub: Hub, target: ResponseUrl) -> Json:
    message = ephemerals.find(hub, target.channel, str(target.ts), target.user)
    if message is None:
        raise SlackError("message_not_found")
    return message


def _message(hub: Hub, target: ResponseUrl) -> Json:
    message = hub.store.get(target.channel, str(target.ts))
    if message is None:
        raise SlackError("message_not_found")
    return message
