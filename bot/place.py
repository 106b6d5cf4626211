"""Show an answer where the person acted: under the command, under the button, or in a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.asked import Answer, Asked, Modal, Reply, Sessions
from bot.blocks import MOST_BLOCKS, MOST_CHARACTERS, Json, characters, plain
from bot.clean import storable
from bot.gate_words import marked_text
from bot.slack_errors import SLACK_ERRORS
from bot.slack_message import called_in_slack
from bot.stacked import is_third
from bot.submit_form import Told
from operations.refusals import Refused

log = structlog.get_logger("bot")

#: Where a handler leaves for the time after the acknowledgement what is done later.
LATER = "later"
#: Callback id of a window that shows an answer.
WINDOW = "answer"


def asked_from(body: Mapping[str, Any], sessions: Sessions, now: datetime) -> Asked:
    """Return who asked, and from where, out of any payload of Slack."""
    if "command" in body:
        name = storable(body.get("user_name") or "") or body["user_id"]
        return Asked(sessions, now, body["user_id"], name, body["channel_id"])
    user = body["user"]
    return Asked(
        sessions,
        now,
        user["id"],
        storable(user.get("name") or user.get("username") or "") or user["id"],
        (body.get("channel") or {}).get("id"),
    )


def time_zone_of(user_id: str, client: WebClient) -> str | None:
    """Ask Slack for the name of a person's time zone; None where it does not tell."""
    try:
        zone = client.users_info(user=user_id)["user"].get("tz")
    except SLACK_ERRORS as error:
        log.warning("a person's time zone is not known", why=str(error))
        return None
    return str(zone) if zone else None


def name_of(user_id: str, client: WebClient) -> str:
    """Ask Slack what a member of the workspace is called; where it does not tell, the id stands for the name.

    Raises:
        Refused: It is an app, or an account that is deactivated.
    """
    try:
        user = client.users_info(user=user_id)["user"]
    except SLACK_ERRORS as error:
        log.warning("a person's name is not known", why=str(error))
        return user_id
    name = called_in_slack(user, user_id)
    if user.get("is_bot") or user_id == "USLACKBOT":
        raise Refused(f"{name} is an app; choose a person.")
    if user.get("deleted"):
        raise Refused(f"The Slack account of {name} is deactivated; choose somebody else.")
    return name


@dataclass(frozen=True, slots=True)
class Later:
    """What is still to be done once Slack was answered."""

    answer: Answer
    #: The window that shows the answer; None where it is a message.
    view_id: str | None
    #: Whether the answer was not shown yet.
    withheld: bool

    def __deepcopy__(self, _memo: object) -> Later:
        """Stay the same: Bolt copies the context for what comes after the acknowledgement."""
        return self


def show(
    reply: Reply | None,
    body: Mapping[str, Any],
    client: WebClient,
    context: BoltContext | None = None,
    *,
    acknowledged: bool = False,
) -> BoltResponse:
    """Show a reply to the person alone; return what Slack is answered, and leave in the context what is done later.

    `acknowledged`: Slack was answered before.
    """
    if isinstance(reply, Modal):
        _open(reply.view, body, client)
    elif isinstance(reply, Answer):
        try:
            return _show_answer(reply, body, client, context, acknowledged=acknowledged)
        except SLACK_ERRORS as error:
            # What is answered is done: whatever keeps the answer from its place, nobody is told that nothing was.
            log.warning("an answer could not be shown where it was asked for", why=str(error))
            if reply.later is not None and context is not None:
                context[LATER] = Later(reply, None, withheld=False)
            tell_directly(reply, body, client)
    return BoltResponse(status=200, body="")


def _show_answer(
    reply: Answer, body: Mapping[str, Any], client: WebClient, context: BoltContext | None, *, acknowledged: bool
) -> BoltResponse:
    address, view = body.get("response_url"), body.get("view") or {}
    here = reply.replaces and view.get("callback_id") == WINDOW
    in_answer = "command" in body and not acknowledged
    in_window = _too_long(reply) or here or not (in_answer or address)
    withheld = reply.later is not None and reply.waits and not in_window
    view_id = None
    if here:
        view_id = view["id"]
        client.views_update(view_id=view_id, view=window(reply))
    elif in_window:
        view_id = _open(window(reply), body, client)
    if reply.later is not None and context is not None:
        context[LATER] = Later(reply, view_id, withheld)
    if in_answer and not in_window and not withheld:
        payload = {"response_type": "ephemeral", "text": reply.text, "blocks": reply.shown}
        return BoltResponse(status=200, body=payload)
    if address and not in_window and not withheld:
        replaces = reply.replaces and bool((body.get("container") or {}).get("is_ephemeral"))
        if not _respond(address, reply, client, replaces=replaces):
            tell_directly(reply, body, client)
    return BoltResponse(status=200, body="")


def tell_directly(answer: Answer, body: Mapping[str, Any], client: WebClient) -> bool:
    """Give a person an answer by direct message, where it could not be shown where they acted; whether it went."""
    user, blocks = body.get("user_id") or body["user"]["id"], None if _too_long(answer) else answer.shown
    try:
        client.chat_postMessage(channel=user, text=answer.text, blocks=blocks)
    except SLACK_ERRORS:
        log.exception("an answer could not be shown")
        return False
    return True


def finish(later: Later, body: Mapping[str, Any], client: WebClient) -> None:
    """Do what an answer left for later, and show what came of it; the answer itself, where that fails."""
    try:
        better = None if later.answer.later is None else later.answer.later(client)
    except Exception:
        log.exception("what an answer left for later failed")
        better = None
    address = str(body.get("response_url") or "")
    wanted = [answer for answer in (better, later.answer if later.withheld else None) if answer is not None]
    for shown in wanted:
        if later.view_id is not None and _updated(later.view_id, shown, client):
            return
        if address and not _too_long(shown) and _respond(address, shown, client, replaces=False):
            return
    if wanted:
        tell_directly(wanted[0], body, client)


def _updated(view_id: str, answer: Answer, client: WebClient) -> bool:
    try:
        client.views_update(view_id=view_id, view=window(answer))
    except SLACK_ERRORS as error:
        # Closed meanwhile, as a rule.
        log.info("a window could not be changed", why=str(error))
        return False
    return True


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
            # Where the app is no member, or where only some may post: whatever it is, it was not told there.
            log.info("a person is told directly", why=str(error.response.get("error")))
        else:
            return
    client.chat_postMessage(channel=user_id, **words)


def _respond(address: str, answer: Answer, client: WebClient, *, replaces: bool) -> bool:
    hook = WebhookClient(address, timeout=client.timeout, proxy=client.proxy, ssl=client.ssl)
    try:
        response = hook.send(
            text=answer.text, blocks=answer.shown, response_type="ephemeral", replace_original=replaces
        )
    except SLACK_ERRORS as error:
        log.warning("Slack could not be given an answer", why=str(error))
        return False
    if response.status_code != 200:  # noqa: PLR2004 - HTTP's own number
        log.warning("Slack refused an answer", status=response.status_code, reason=response.body)
        return False
    return True


def _open(view: Json, body: Mapping[str, Any], client: WebClient) -> str:
    shown = body.get("view") or {}
    if shown.get("type") == "modal" and shown.get("callback_id") == WINDOW and is_third(shown):
        # Nothing that was typed is lost with an answer.
        answer = client.views_update(view_id=shown["id"], view=view)
    elif shown.get("type") == "modal":
        answer = client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        answer = client.views_open(trigger_id=body["trigger_id"], view=view)
    return str(answer["view"]["id"])
