"""The messages of an approval: the card before an official, and the news to who asked: pure, complete as plain text."""

from __future__ import annotations

from bot.approval_words import (
    asked_text,
    asker_buttons,
    changes_lines,
    cut,
    decide_buttons,
    show_button,
    standing_text,
    step_lines,
)
from bot.blocks import Json, actions, clip, context, header, paragraphs, safe, section
from bot.escalations import why_here
from operations.read.approvals import ApprovalShown
from operations.read.message import ShownMessage
from policy.approval import ApprovalStatus

#: Characters of the fallback text.
MOST_TEXT = 30_000


def approval_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks` of the card: with its buttons as long as who gets it may decide."""
    approval = _of(shown)
    heading, here = f"For {_whom(shown)}: {_occasion(shown, approval)}", why_here(shown)
    parts = [*_body(approval), *paragraphs(cut(step_lines(approval)))]
    buttons = decide_buttons(approval) if _decides(shown, approval) else []
    return _message(shown, heading, here, parts, [*buttons, show_button(approval)])


def approval_news_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks` of the message that tells who asked how it stands."""
    approval = _of(shown)
    heading, here = f"For {_whom(shown)}: {_news(shown, approval)}", why_here(shown)
    parts = [asked_text(approval), standing_text(approval), *paragraphs(cut(step_lines(approval)))]
    return _message(shown, heading, here, parts, [*asker_buttons(approval), show_button(approval)])


def _message(shown: ShownMessage, heading: str, here: str | None, parts: list[str], buttons: list[Json]) -> Json:
    blocks = [header(heading), *([context(here)] if here else []), *map(section, parts)]
    blocks.append(actions(*buttons, block_id=f"approval:{_of(shown).id}"))
    lines = [safe(heading), *([here] if here else []), *parts]
    return {"text": clip("\n".join(lines), MOST_TEXT), "blocks": blocks}


def _body(approval: ApprovalShown) -> list[str]:
    changed = paragraphs(changes_lines(approval)) if approval.status is ApprovalStatus.OPEN else []
    return [asked_text(approval), *changed, standing_text(approval)]


def _decides(shown: ShownMessage, approval: ApprovalShown) -> bool:
    """Whether the card has the buttons: in a channel for anybody who may, and who is sent it only while they may."""
    if approval.status is not ApprovalStatus.OPEN or not approval.deciders:
        return False
    return shown.person is None or shown.person.slack_id in approval.deciders


def _whom(shown: ShownMessage) -> str:
    return shown.office if shown.person is None else shown.person.name


def _occasion(shown: ShownMessage, approval: ApprovalShown) -> str:
    if approval.status is not ApprovalStatus.OPEN:
        return "nothing is left to decide here"
    if _is(shown, "climbed"):
        long = "an approval has been waiting for long"
        return f"{long}, and you may decide it" if _decides(shown, approval) else long
    if not _decides(shown, approval):
        return "decided, and it goes on"
    return "an approval still waits for you" if _is(shown, "reminded") else "your approval is asked"


def _news(shown: ShownMessage, approval: ApprovalShown) -> str:
    if approval.status is not ApprovalStatus.OPEN:
        is_void = approval.status is ApprovalStatus.SUPERSEDED
        return "what you asked is void" if is_void else f"what you asked was {approval.status}"
    if _is(shown, "reminded"):
        return "a decision on paper is still to be recorded"
    if _is(shown, "undone"):
        return "a decision was taken back"
    return "one of them approved, and it goes on"


def _is(shown: ShownMessage, occasion: str) -> bool:
    return shown.occasion.partition(":")[0] == occasion


def _of(shown: ShownMessage) -> ApprovalShown:
    if shown.approval is None:
        raise LookupError("the message is about no approval")
    return shown.approval
