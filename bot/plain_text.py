"""What somebody wrote in Slack as a person reads it: no marks, no ids, no addresses behind words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from bot.blocks import GRAVE, NO_WIDTH

#: Code, whose marks stand as typed, and what Slack writes in angle brackets.
_PARTS = re.compile(r"```\n?(?P<block>.*?)\n?```|`(?P<code>[^`\n]+)`|<(?P<link>[^<>\n]*)>", re.DOTALL)
#: Bold, italic and struck text as Slack reads it.
_MARKED = re.compile(r"(?<![^\W_])([*_~])(?=\S)(?P<words>[^\n]*?\S)\1(?![^\W_])")
_QUOTED = re.compile(r"^(?:&gt;)+ ?", re.MULTILINE)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")
#: Characters of the markup that are read: what follows is left out.
LONGEST = 4000
#: Stands for a part while the marks around it are taken away; what people type has none of these.
_FIRST, _LAST = 0xE000, 0xF8FF
_PRIVATE = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
#: A mark that stands as it was typed, see `bot.blocks.escaped`.
_TYPED = re.compile(f"[*_~]{NO_WIDTH}|{NO_WIDTH}[*_~]")
_CALLS = {"!here": "@here", "!channel": "@channel", "!everyone": "@everyone"}


def mentioned(text: str) -> list[str]:
    """Return the ids of the people whom a text names by their id alone, each once."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def as_read(text: str, names: Mapping[str, str]) -> str:
    """Return Slack's markup as plain text; `names` says what people are called, by their ids."""
    parts: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if len(parts) > _LAST - _FIRST:
            return found[0]
        link = found["link"]
        parts.append((found["block"] or found["code"] or "") if link is None else _link(link, names))
        return chr(_FIRST + len(parts) - 1)

    marked = _QUOTED.sub("", _PARTS.sub(keep, _PRIVATE.sub("", text[:LONGEST])))
    while (bare := _MARKED.sub(r"\g<words>", marked)) != marked:
        marked = bare
    return unescape(_PRIVATE.sub(lambda found: parts[ord(found[0]) - _FIRST], marked)).strip()


def shown_as(text: str) -> str:
    """Return the bot's own mrkdwn as plain text, what people typed in it as they typed it."""
    typed = _TYPED.sub(lambda found: f"&#{ord(found[0].strip(NO_WIDTH))};", text)
    return as_read(typed, {}).replace(NO_WIDTH, "").replace(GRAVE, "`")


def _link(inside: str, names: Mapping[str, str]) -> str:
    """Return what is read of a link, a mention, a channel or a date."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        id = target[1:]
        return f"@{label.removeprefix('@') or names.get(id, id)}"
    if target.startswith("#"):
        return f"#{label}" if label else "a channel"
    if target.startswith("!"):
        return _CALLS.get(target) or label or "@group"
    return label or target.removeprefix("mailto:").removeprefix("tel:")
