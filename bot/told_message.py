"""The words of the messages that tell one person what another did: pure, and complete as plain text too."""

from __future__ import annotations

from bot.answer_words import answer_lines, request_words
from bot.blocks import Json, actions, context, header, safe, section
from bot.duty_list import row_buttons
from bot.duty_words import Row, row_of_shown, row_text
from bot.escalations import why_here
from bot.request_message import REASON
from bot.shown_words import duty_line, outcome, snoozed
from operations.read.message import Shown, ShownMessage

#: Duties of one message that are shown with their buttons.
MOST_RETURNED = 15


def decided_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks`: what became of what the person asked, and how the duty stands now."""
    request = shown.request
    became = "" if request is None else request.status.value
    said = "" if request is None else request_words(request, most=REASON)
    return _message(shown, f"what you asked was {became}", said)


def assigned_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks`: the duty that was assigned to the person, by whom, and until when it is due."""
    to = shown.duties[0].answers.assigned_to if shown.duties else None
    still = to is not None and shown.person is not None and to.slack_id == shown.person.slack_id
    heading = "a duty is assigned to you" if still else "this duty is no longer assigned to you"
    lines = answer_lines(shown.duties[0].answers) if still else []
    return _message(shown, heading, "\n".join(lines))


def returned_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks`: the duties that somebody had who left, and who has each of them now."""
    heading = f"{shown.office}: who had these duties left; they are the office's again"
    here = why_here(shown)
    blocks = [header(heading), *([context(here)] if here else [])]
    lines = [safe(heading), *([here] if here else [])]
    for duty in shown.duties[:MOST_RETURNED]:
        row = row_of_shown(duty)
        has = answer_lines(duty.answers) if outcome(duty) is None else []
        blocks.append(section("\n".join(filter(None, [_duty(duty, row), *has])), block_id=f"duty:{row.id}"))
        lines.append(duty_line(duty))
        if outcome(duty) is None:
            blocks.append(actions(*row_buttons(row), block_id=f"act:{row.id}"))
    if len(shown.duties) > MOST_RETURNED:
        lines.append(f"and {len(shown.duties) - MOST_RETURNED} more: /alliance due shows all.")
        blocks.append(context(lines[-1]))
    return {"text": "\n".join(lines), "blocks": blocks}


def _message(shown: ShownMessage, what: str, said: str) -> Json:
    name = "" if shown.person is None else f"{shown.person.name}: "
    heading, here = f"For {name}{what}" if name else what, why_here(shown)
    blocks = [header(heading), *([context(here)] if here else [])]
    lines = [safe(heading), *([here] if here else [])]
    for duty in shown.duties:
        row = row_of_shown(duty)
        blocks.append(section("\n".join(filter(None, [_duty(duty, row), said])), block_id=f"duty:{row.id}"))
        lines += [duty_line(duty), *filter(None, [said, snoozed(duty)])]
        if outcome(duty) is None:
            blocks.append(actions(*row_buttons(row), block_id=f"act:{row.id}"))
    return {"text": "\n".join(lines), "blocks": blocks}


def _duty(duty: Shown, row: Row) -> str:
    if outcome(duty) is not None:
        return duty_line(duty)
    return "\n".join(filter(None, [row_text(row), snoozed(duty)]))
