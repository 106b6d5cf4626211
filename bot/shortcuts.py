"""Slack's shortcuts: record an activity from anywhere, or from a message that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.asked import Asked, Modal
from bot.blocks import clip
from bot.clean import storable
from bot.forms import FORMS
from bot.open_form import open_form

ANYWHERE = "record_activity"
ON_MESSAGE = "log_activity"

TITLE_CHARACTERS = 300
INFO_CHARACTERS = 1500


def described_shortcuts() -> list[dict[str, str]]:
    """Describe the shortcuts, for Slack's manifest and the local Slack."""
    return [
        {
            "type": "global",
            "callback_id": ANYWHERE,
            "name": "Record alliance activity",
            "description": "Record an activity of an alliance",
        },
        {
            "type": "message",
            "callback_id": ON_MESSAGE,
            "name": "Log as alliance activity",
            "description": "Record what this message tells of",
        },
    ]


def record_anywhere(asked: Asked) -> Modal:
    """Open the form for an activity."""
    return open_form(asked, FORMS["record_activity"])


def log_message(asked: Asked, message: Mapping[str, Any]) -> Modal:
    """Open the form for an activity with the words of a message in it."""
    text = storable(str(message.get("text") or "")).strip()
    first, _, rest = text.partition("\n")
    values = {"title": clip(first.strip(), TITLE_CHARACTERS)}
    if rest.strip() or len(first) > TITLE_CHARACTERS:
        values["info"] = clip(text, INFO_CHARACTERS)
    return open_form(asked, FORMS["record_activity"], values={name: value for name, value in values.items() if value})
