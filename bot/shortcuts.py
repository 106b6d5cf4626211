"""Slack's shortcuts: record an activity from anywhere, or from a message that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from bot.answers.fill import fill
from bot.asked import Asked, Modal, Reply
from bot.blocks import clip
from bot.forms import FORMS
from bot.forms.record_activity import GUESSED, SOURCE, SOURCE_LINK
from bot.message_files import carry_files
from bot.open_form import open_form
from bot.slack_message import SlackMessage, read_message
from operations.read.guess_alliance import guess_alliance
from policy.words import day

ANYWHERE = "record_activity"
ON_MESSAGE = "log_activity"

TITLE_CHARACTERS = 300
#: Of the whole text: what a form carries while its alliance is not chosen yet is little.
INFO_CHARACTERS = 1000
SOURCE_CHARACTERS = 150

OWN_MESSAGE = "This is a message of the bot itself; log the one in which somebody tells of the activity."


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


def record_anywhere(asked: Asked) -> Reply:
    """Open the form for an activity, about the only alliance of the person where there is one."""
    return fill(asked, "record", "")


def is_own(body: Mapping[str, Any], bot_id: str | None, bot_user_id: str | None) -> bool:
    """Whether the message of a shortcut was written by the bot itself."""
    message = body["message"]
    wrote = (message.get("bot_id"), bot_id), (message.get("user"), bot_user_id)
    return any(who is not None and who == own for who, own in wrote)


def log_message(asked: Asked, body: Mapping[str, Any], client: WebClient) -> Modal:
    """Open the form for an activity with what a message says in it, and the alliance that it probably tells of."""
    said = read_message(body, client, asked.time_zone)
    form = FORMS["record_activity"]
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        guess = guess_alliance(session, by, verb=form.verb, text=said.text, channel=said.channel)
    values = {"on": None if said.on is None else said.on.isoformat(), **_words(said.text)}
    values |= {SOURCE: _source(said), SOURCE_LINK: said.link}
    values |= carry_files(said.files, None if asked.documents is None else asked.documents.most)
    if guess is not None:
        values[GUESSED] = f"{guess.id}:{guess.because}"
    told = {name: value for name, value in values.items() if value}
    return open_form(asked, form, alliance_id=None if guess is None else guess.id, values=told)


def _words(text: str) -> dict[str, str]:
    """Return the first line of a message as the description, and all of it where it says more."""
    first, _, rest = text.partition("\n")
    title = clip(first.strip(), TITLE_CHARACTERS)
    more = rest.strip() or len(first.strip()) > TITLE_CHARACTERS
    return {"title": title} | ({"info": clip(text, INFO_CHARACTERS)} if more else {})


def _source(said: SlackMessage) -> str:
    on = "" if said.on is None else f", {day(said.on)}"
    return clip(f"message of {said.author}{on}", SOURCE_CHARACTERS)
