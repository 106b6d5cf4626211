"""The words of the message that asks an official to decide: pure, and complete as plain text too."""

from __future__ import annotations

from bot.answer_words import decision_buttons, request_words
from bot.blocks import Json, actions, context, header, safe, section
from bot.duty_words import row_line, row_of_shown, row_text, title
from bot.escalations import why_here
from operations.read.message import ShownMessage
from policy.requests import RequestStatus

#: Characters of the reason: who decides reads all that the form took.
REASON = 1000


def request_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks`: what is asked and by whom, with its buttons while nobody decided."""
    request = shown.request
    if request is None:
        raise LookupError("the message asks for nothing")
    whom = shown.office if shown.person is None else shown.person.name
    heading = f"For {whom}: a decision on a duty"
    said, here = request_words(request, most=REASON), why_here(shown)
    rows = [row_of_shown(duty) for duty in shown.duties]
    blocks = [header(heading), *([context(here)] if here else [])]
    blocks += [section(f"{row_text(row)}\n{said}", block_id=f"duty:{row.id}") for row in rows]
    if request.status is RequestStatus.OPEN:
        about = ", ".join(f"{row.alliance}, {title(row.rule)}" for row in rows)
        blocks.append(actions(*decision_buttons(request, about), block_id=f"decide:{request.id}"))
    lines = [safe(heading), *([here] if here else []), *map(row_line, rows), said]
    return {"text": "\n".join(lines), "blocks": blocks}
