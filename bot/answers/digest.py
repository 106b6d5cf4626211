"""Open the form that says when one's own digest comes."""

from __future__ import annotations

from bot.asked import Asked, Reply
from bot.forms import FORMS
from bot.open_form import open_form


def digest(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Open the form."""
    return open_form(asked, FORMS["choose_digest"])
