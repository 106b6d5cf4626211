"""Open the form that fulfils a duty."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import escaped
from bot.find_duty import find_duty, settled_words
from bot.forms import FORMS
from bot.open_form import open_form
from policy.rules import RULES


def open_duty(asked: Asked, duty_id: uuid.UUID, values: Mapping[str, Any] | None = None) -> Reply:
    """Open the form that fulfils a duty, with these values in it, or say who settled it."""
    with asked.sessions.begin() as session:
        found = find_duty(session, duty_id, now=asked.now)
        closing = settled_words(found)
    if closing is not None:
        return Answer(escaped(closing))
    form = FORMS[RULES[found.row.rule].resolved_by]
    return open_form(asked, form, alliance_id=found.of.alliance_id, obligation_id=duty_id, values=values)
