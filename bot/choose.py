"""Which alliance the words mean: the one, or buttons to choose from, or the names most like them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.asked import Answer
from bot.blocks import Json, actions, button, safe, section
from bot.values import Run
from operations.read.choices import find_offices
from operations.read.find_alliance import Found, closest_names, find_alliances, the_one
from operations.read.office import closest_offices

MOST_OFFERED = 8


def which_alliance(session: Any, words: str, word: str) -> Found | Answer:
    """Return the alliance that the words mean, or the answer that lets a person choose; `word` runs then."""
    found = find_alliances(session, words, limit=MOST_OFFERED)
    one = the_one(found)
    if one is not None:
        return one
    if found:
        text = f"Several alliances match “{safe(words)}”. Which one do you mean?"
        return Answer(_listing(text, found), [section(text), *(choice_block(f, word) for f in found)])
    return nothing_called(session, words, word)


def which_office(session: Any, words: str, word: str) -> str | Answer:
    """Return the code of the office that the words mean, or the answer that lets a person choose."""
    typed = " ".join(words.split())
    found = find_offices(session, typed, limit=MOST_OFFERED)
    exact = [code for code, name in found if typed.casefold() in {code.casefold(), name.casefold()}]
    if len(exact) == 1 or len(found) == 1:
        return (exact or [found[0][0]])[0]
    text = f"Several offices match “{safe(typed)}”. Which one do you mean?"
    if not found:
        found = closest_offices(session, typed)
        text = f"No office is called “{safe(typed)}”.{' Closest:' if found else ''}"
    return office_choices(found, text, word)


def office_choices(offices: Sequence[tuple[str, str]], text: str, word: str) -> Answer:
    """Let a person choose among offices, each a code and a name; `word` runs then."""
    blocks = [section(text)]
    for code, name in offices:
        value = Run(word=word, words=code).model_dump_json(exclude_none=True)
        choose = button("Choose", f"run:{word}", value, about=name)
        blocks.append(section(f"*{safe(name)}*\nOffice {code}", accessory=choose))
    return Answer("\n".join([text, *(f"- {safe(name)} ({code})" for code, name in offices)]), blocks)


def nothing_called(session: Any, words: str, word: str) -> Answer:
    """Say that no alliance is called so, and offer the names most like it."""
    names = closest_names(session, words)
    if not names and find_alliances(session, "", limit=1):
        everything = button("List alliances", "run:list", Run(word="list").model_dump_json(exclude_none=True))
        text = f"No alliance is called “{safe(words)}”, nor anything like it. /alliance list shows all."
        return Answer(text, [section(text), actions(everything)])
    if not names:
        return Answer("There are no alliances on record yet.")
    text = f"No alliance is called “{safe(words)}”. Closest:"
    listed = ", ".join(safe(name) for name in names)
    buttons = [
        button(name, f"run:{word}:{number}", Run(word=word, words=name[:500]).model_dump_json())
        for number, name in enumerate(names)
    ]
    return Answer(f"{text} {listed}.", [section(text), actions(*buttons)])


def choice_block(found: Found, word: str) -> Json:
    """Return a line with a button that chooses an alliance."""
    value = Run(word=word, alliance=found.id).model_dump_json(exclude_none=True)
    ended = ", ended" if found.ended else ""
    return section(
        f"*{safe(found.name)}*\n{safe(found.office)}, {found.level}{ended}",
        accessory=button("Choose", f"run:{word}", value, about=found.name),
    )


def _listing(text: str, found: Iterable[Found]) -> str:
    return "\n".join([text, *(f"- {safe(f.name)} ({safe(f.office)})" for f in found)])
