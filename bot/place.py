"""Show an answer where the person acted: under the command, under the button, or in a window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.asked import Answer, Asked, Modal, Reply, Sessions
from bot.blocks import MOST_BLOCKS, MOST_CHARACTERS, Json, characters, plain
from bot.gate_words import marked_text
from bot.submit_form import Told

log = structlog.get_logger("bot")

#: Callback id of a window that shows an answer.
WINDOW = "answer"

#: Slack shows a private answer only to people in a channel where the app is, too.
NO_SUCH_PLACE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"})


def asked_from(body: Mapping[str, Any], sessions: Sessions, now: datetime) -> Asked:
    """Return who asked, and from where, out of any payload of Slack."""
    if "command" in body:
        return Asked(sessions, now, body["user_id"], body.get("user_name") or body["user_id"], body["channel_id"])
    user = body["user"]
    return Asked(
        sessions,
        now,
        user["id"],
        user.get("name") or user.get("username") or user["id"],
        (body.get("channel") or {}).get("id"),
    )


def show(reply: Reply | None, body: Mapping[str, Any], client: WebClient) -> BoltResponse:
    """Show a reply to the person alone; return what Slack is answered."""
    if isinstance(reply, Answer) and _too_long(reply):
        reply = Modal(window(reply))
    if isinstance(reply, Modal):
        _open(reply.view, body, client)
    elif isinstance(reply, Answer):
        if "command" in body:
            payload = {"response_type": "ephemeral", "text": reply.text, "blocks": reply.shown}
            return BoltResponse(status=200, body=payload)
        address, view = body.get("response_url"), body.get("view") or {}
        if reply.replaces and view.get("callback_id") == WINDOW:
            client.views_update(view_id=view["id"], view=window(reply))
        elif address:
            replaces = reply.replaces and bool((body.get("container") or {}).get("is_ephemeral"))
            _respond(address, reply, client, replaces=replaces)
        else:
            _open(window(reply), body, client)
    return BoltResponse(status=200, body="")


def _too_long(answer: Answer) -> bool:
    """Whether an answer fits into a window only."""
    return len(answer.shown) > MOST_BLOCKS or characters(answer.shown) > MOST_CHARACTERS


def window(answer: Answer) -> Json:
    """Return a window that shows an answer."""
    return {
        "type": "modal",
        "callback_id": WINDOW,
        "title": plain(answer.title, 24),
        "close": plain("Close"),
        "blocks": answer.shown[:100],
    }


def tell(told: Told, user_id: str, blocks: list[Json], client: WebClient) -> None:
    """Tell a person privately what came of a form, in the channel where it was opened or directly."""
    words: Json = {"text": "\n".join(filter(None, (told.text, marked_text(told.marked)))), "blocks": blocks}
    if told.channel is not None:
        try:
            client.chat_postEphemeral(channel=told.channel, user=user_id, **words)
        except SlackApiError as error:
            if error.response.get("error") not in NO_SUCH_PLACE:
                raise
        else:
            return
    client.chat_postMessage(channel=user_id, **words)


def _respond(address: str, answer: Answer, client: WebClient, *, replaces: bool) -> None:
    hook = WebhookClient(address, timeout=client.timeout, proxy=client.proxy, ssl=client.ssl)
    response = hook.send(text=answer.text, blocks=answer.shown, response_type="ephemeral", replace_original=replaces)
    if response.status_code != 200:  # noqa: PLR2004 - HTTP's own number
        log.warning("Slack refused an answer", status=response.status_code, reason=response.body)


def _open(view: Json, body: Mapping[str, Any], client: WebClient) -> None:
    over_modal = (body.get("view") or {}).get("type") == "modal"
    if over_modal:
        client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        client.views_open(trigger_id=body["trigger_id"], view=view)
