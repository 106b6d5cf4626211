"""The words of the daily list of what could not be delivered: pure, and complete as plain text too."""

from __future__ import annotations

from collections.abc import Iterable

from bot.blocks import MOST_CHARACTERS, Json, context, header, paragraphs, safe, section
from bot.duty_words import full_day, title
from bot.escalations import why_here
from operations.read.message import ShownMessage
from operations.read.outbox import Undelivered
from operations.read.undeliverable import Undeliverable
from policy.words import day

HELP = "Set a channel with `/alliance office`, people with `/alliance people`; `/alliance outbox all` shows more."
#: Characters kept free for the heading and the last lines.
_REST = 1_500


def undeliverable_message(shown: ShownMessage, found: Undeliverable) -> Json:
    """Return `text` and `blocks` of the list."""
    heading = f"Could not be delivered: {full_day(shown.day)}"
    lines = list(_lines(found))
    kept: list[str] = []
    room = (MOST_CHARACTERS - _REST) // 2
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            kept.append(f"and {len(lines) - len(kept)} more lines.")
            break
        kept.append(line)
    here = why_here(shown)
    blocks = [header(heading), *([context(here)] if here else []), *map(section, paragraphs(kept)), context(HELP)]
    return {"text": "\n".join([heading, *([here] if here else []), *kept, HELP]), "blocks": blocks}


def _lines(found: Undeliverable) -> list[str]:
    lines = undelivered_lines(found.undelivered)
    if not found:
        lines.append("Nothing is left of what could not be delivered when this list was made.")
    if found.out_of_reach:
        lines.append("*Out of reach*; what is meant for them goes up to the next who can be reached:")
        lines += [f"•  {safe(gone.what)} {safe(gone.why)}, since {day(gone.since)}" for gone in found.out_of_reach]
    if found.ownerless:
        what = (
            "1 duty, request or approval"
            if found.ownerless == 1
            else f"{found.ownerless} duties, requests or approvals"
        )
        lines.append(f"*Without an owner*: {what}; `/alliance people nobody` lists them.")
    return lines


def undelivered_lines(undelivered: Iterable[Undelivered]) -> list[str]:
    """Say what offices could not be told, a line for each office and day and one for each duty."""
    lines = []
    for failed in undelivered:
        lines.append(f"*{safe(failed.office_name)}*, {day(failed.day)}: {safe(failed.why, 300)}")
        lines += [f"•  {title(said.rule)}, {safe(said.alliance)}: due {day(said.due_on)}" for said in failed.said]
    return lines
