"""The one door for errors: a refusal becomes its sentence where the person is, the rest an incident number."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answers.gates import answer
from bot.asked import Answer
from bot.blocks import Json, escaped
from bot.form_state import FieldErrors, errors_by_block
from bot.place import show, window
from operations.establish.refuse_open_gates import GatesOpen
from operations.refusals import Refused

log = structlog.get_logger("bot")

#: What Slack says when a window could not be opened because too much time had passed.
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "invalid_trigger_id"})


def answer_error(error: Exception, body: Mapping[str, Any], client: WebClient) -> BoltResponse:
    """Tell the person what went wrong, in the place where they typed or pressed; the form keeps its text."""
    if body.get("type") == "block_suggestion":
        sentence_of(error)
        return _acknowledged({"options": []})
    if body.get("type") != "view_submission":
        return show(Answer(escaped(sentence_of(error))), body, client)
    view = body["view"]
    if isinstance(error, GatesOpen):
        # Above the form, which keeps what was typed: what is open is recorded from there, then the form is sent again.
        sentence_of(error)
        return _acknowledged({"response_action": "push", "view": window(answer(error.shown))})
    if any(block["type"] == "input" for block in view["blocks"]):
        return _acknowledged({"response_action": "errors", "errors": errors_by_block(view, _by_field(error))})
    # A confirmation has no field that could carry the sentence, which takes its place.
    return _acknowledged({"response_action": "update", "view": window(Answer(escaped(sentence_of(error))))})


def sentence_of(error: Exception) -> str:
    """Return the sentence for a person; what nobody expected is logged under a number that it names."""
    if isinstance(error, Refused):
        log.info("refused", kind=type(error).__name__, field=error.field)
        return error.sentence
    if isinstance(error, FieldErrors):
        return " ".join(error.sentences.values())
    if isinstance(error, SlackApiError) and error.response.get("error") in TOO_LATE:
        return "Slack waited too long to open the form. Nothing was changed; please try again."
    incident = secrets.token_hex(4).upper()
    log.error("unexpected error", incident=incident, exc_info=error)
    return (
        "Something went wrong on our side, and nothing was recorded. Please try again; if it happens again, tell "
        f"your administrator this number: {incident}."
    )


def _by_field(error: Exception) -> dict[str, str]:
    if isinstance(error, FieldErrors):
        return error.sentences
    field = error.field if isinstance(error, Refused) else None
    return {field or "": sentence_of(error)}


def _acknowledged(payload: Json) -> BoltResponse:
    return BoltResponse(status=200, body=payload)
