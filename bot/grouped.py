"""Lines in groups under headings, cut to what fits into a message."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import MOST_CHARACTERS, Json, paragraphs, section

#: Characters kept free for headings, counts, the last lines and what else stands in the message.
_REST = 2_500


def grouped(groups: Sequence[tuple[str, Sequence[str]]], more: str) -> tuple[list[Json], list[str]]:
    """Return the blocks and the plain lines of groups of lines; `more` says where those are that do not fit."""
    blocks: list[Json] = []
    text: list[str] = []
    room = MOST_CHARACTERS - _REST
    for name, lines in groups:
        kept = []
        for line in lines:
            room -= len(line) + 4
            if room < 0:
                break
            kept.append(line)
        rest = [f"and {len(lines) - len(kept)} more{more}"] if len(kept) < len(lines) else []
        blocks += map(section, paragraphs([f"*{name}*", *(f"•  {line}" for line in kept), *rest]))
        text += [f"*{name}*", *(f"- {line}" for line in kept), *rest]
    return blocks, text
