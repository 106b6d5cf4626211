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
from bot.blocks import Json, clip, escaped
from bot.form_state import FieldErrors, errors_by_block
from bot.place import show, tell_directly, window
from bot.stacked import is_third
from operations.establish.refuse_open_gates import GatesOpen
from operations.refusals import Refused

log = structlog.get_logger("bot")

#: Characters of a sentence under a field.
MOST_OF_ERROR = 2000

#: What Slack says when a window could not be opened because too much time had passed.
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "invalid_trigger_id"})
#: What it says of a window that was closed meanwhile.
CLOSED = "not_found"


def answer_error(
    error: Exception, body: Mapping[str, Any], client: WebClient, *, acknowledged: bool = False
) -> BoltResponse:
    """Tell the person what went wrong, in the place where they typed or pressed; the form keeps its text."""
    if body.get("type") == "block_suggestion":
        sentence_of(error)
        return _acknowledged({"options": []})
    if body.get("type") != "view_submission":
        return show(Answer(escaped(sentence_of(error))), body, client, acknowledged=acknowledged)
    view = body["view"]
    asks = any(block["type"] == "input" for block in view["blocks"])
    if isinstance(error, GatesOpen) and not (asks and is_third(view)):
        # Above the form, which keeps what was typed: what is open is recorded from there, then the form is sent again.
        # What stands in the third window alone asks for nothing, and gives its place.
        sentence_of(error)
        action = "update" if is_third(view) else "push"
        return _acknowledged({"response_action": action, "view": window(answer(error.shown))})
    if asks:
        by_field = _by_field(error)
        if isinstance(error, GatesOpen) and len(error.sentence) > MOST_OF_ERROR:
            by_field = {"": _listed_elsewhere(error, body, client)}
        return _acknowledged({"response_action": "errors", "errors": errors_by_block(view, by_field)})
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
    if isinstance(error, SlackApiError) and error.response.get("error") == CLOSED:
        return "The window was closed meanwhile. Nothing was changed; please try again."
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
    return {field or "": clip(sentence_of(error), MOST_OF_ERROR)}


def _listed_elsewhere(error: GatesOpen, body: Mapping[str, Any], client: WebClient) -> str:
    """Send what is open as a message, where no window finds room for it; return what the form says of that."""
    titles = "; ".join(one.gate.title for one in error.shown.refusing)
    if tell_directly(answer(error.shown), body, client):
        where = "What is missing at each, and what passes it, was just sent to you as a direct message"
    else:
        where = "What is missing at each stands in /alliance gates"
    return clip(f"Open {error.shown.before}: {titles}. {where}; what you typed stays here.", MOST_OF_ERROR)


def _acknowledged(payload: Json) -> BoltResponse:
    return BoltResponse(status=200, body=payload)
