"""Whether the app can post in a channel that somebody typed: Slack is asked before anything is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.form import ask_of, field_of
from bot.form_state import read_values
from bot.form_types import Form
from bot.slack_errors import NO_WORKSPACE
from operations.change_settings import usable_channel
from operations.refusals import Refused

log = structlog.get_logger("bot")


def check_channels(form: Form, view: Mapping[str, Any], client_of: Callable[[str], WebClient]) -> None:
    """Let pass the channels of a form in which the app can post, and those that stood in it when it was opened.

    Raises:
        Refused: One is no channel's id, is archived, or the app does not see it.
    """
    typed = read_values(view)
    for block in view["blocks"]:
        name = field_of(block.get("block_id", ""))
        info = form.model.model_fields.get(name)
        if info is None or not ask_of(info).channel:
            continue
        channel = str(typed.get(name) or "").strip()
        if channel and channel != block["element"].get("initial_value"):
            usable_channel(channel)
            _refuse_closed(channel, name, client_of(channel))


def _refuse_closed(channel: str, field: str, client: WebClient) -> None:
    try:
        known = client.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        if error.response["error"] in {"channel_not_found", NO_WORKSPACE}:
            raise Refused(
                f"The app cannot see the channel {channel}: check its id, and invite the app if it is private.",
                field=field,
            ) from None
        log.warning("a channel could not be looked at", channel=channel, why=error.response["error"])
        return
    except OSError as error:  # it is found out when something is sent there
        log.warning("a channel could not be looked at", channel=channel, why=str(error))
        return
    if known.get("is_archived"):
        raise Refused(f"#{known['name']} is archived; name a channel that is in use.", field=field)
