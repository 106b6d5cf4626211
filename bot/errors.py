"""The one door for errors: a refusal becomes its sentence where the person is, the rest an incident number."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Answer
from bot.blocks import Json, escaped
from bot.form_state import errors_by_block
from bot.place import show
from operations.refusals import Refused

log = structlog.get_logger("bot")

#: What Slack says when a window could not be opened because too much time had passed.
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "invalid_trigger_id"})


def answer_error(error: Exception, body: Mapping[str, Any], client: WebClient) -> BoltResponse:
    """Tell the person what went wrong, in the place where they typed or pressed; the form keeps its text."""
    sentence = sentence_of(error)
    view = body.get("view") or {}
    if body.get("type") == "view_submission" and any(block["type"] == "input" for block in view.get("blocks", [])):
        field = error.field if isinstance(error, Refused) else None
        errors = errors_by_block(view, {field or "": sentence})
        return _acknowledged({"response_action": "errors", "errors": errors})
    if body.get("type") == "block_suggestion":
        return _acknowledged({"options": []})
    return show(Answer(escaped(sentence)), body, client)


def sentence_of(error: Exception) -> str:
    """Return the sentence for a person; what nobody expected is logged under a number that it names."""
    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, SlackApiError) and error.response.get("error") in TOO_LATE:
        return "Slack waited too long to open the form. Nothing was changed; please try again."
    incident = secrets.token_hex(4).upper()
    log.error("unexpected error", incident=incident, exc_info=error)
    return (
        "Something went wrong on our side, and nothing was recorded. Please try again; if it happens again, tell "
        f"your administrator this number: {incident}."
    )


def _acknowledged(payload: Json) -> BoltResponse:
    return BoltResponse(status=200, body=payload)
