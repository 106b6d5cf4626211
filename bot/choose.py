"""Which alliance the words mean: the one, or buttons to choose from, or the names most like them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.asked import Answer, Asked
from bot.blocks import Json, actions, button, safe, section
from bot.values import Run
from operations.actor import Actor
from operations.read.choices import AllianceChoices, alliance_choices, alliances_of, find_offices
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


def whose_alliance(session: Any, by: Actor, word: str, *, example: str, words: str = "") -> int | Answer:
    """Return the only alliance of a person, or the answer that lets them choose; `word` runs then, with `words`."""
    mine = alliances_of(session, by)
    if len(mine) == 1:
        return mine[0][0]
    text = f"Which alliance? Type a part of its name: /alliance {word} {example}"
    more = f"and {len(mine) - MOST_OFFERED} more: type a part of the name"
    blocks, lines = [section(text)], [text]
    for id, name in mine[:MOST_OFFERED]:
        value = Run(word=word, words=words, alliance=id).model_dump_json(exclude_none=True)
        blocks.append(section(f"*{safe(name)}*", accessory=button("Choose", f"run:{word}", value, about=name)))
        lines.append(f"- {safe(name)}")
    if len(mine) > MOST_OFFERED:
        blocks, lines = [*blocks, section(more)], [*lines, more]
    return Answer("\n".join(lines), blocks)


def chosen_alliance(session: Any, asked: Asked, words: str, alliance: int | None, word: str) -> int | Answer:
    """Return the alliance of a button, or the one that the words mean, or the answer that lets a person choose."""
    if alliance is not None:
        return alliance
    if not words.strip():
        return whose_alliance(session, asked.actor(session), word, example="grain")
    found = which_alliance(session, words, word)
    return found if isinstance(found, Answer) else found.id


def chosen_choices(session: Any, asked: Asked, words: str, alliance: int | None, word: str) -> AllianceChoices | Answer:
    """Return what is known of the alliance that is chosen, see `chosen_alliance`.

    Raises:
        Refused: The button is of an alliance that is no longer on record.
    """
    found = chosen_alliance(session, asked, words, alliance, word)
    return found if isinstance(found, Answer) else alliance_choices(session, found, now=asked.now)


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


def office_or_alliance(session: Any, words: str, word: str) -> str | Answer | None:
    """Return what the words mean, as "office:0317300" or "alliance:7", or the answer that lets a person choose.

    None where neither an office nor an alliance is called so.
    """
    typed = " ".join(words.split())
    offices = find_offices(session, typed, limit=MOST_OFFERED)
    exact = [code for code, name in offices if typed.casefold() in {code.casefold(), name.casefold()}]
    if len(exact) == 1:
        return f"office:{exact[0]}"
    found = find_alliances(session, typed, limit=MOST_OFFERED)
    one = the_one(found)
    if len(offices) == 1 and not found:
        return f"office:{offices[0][0]}"
    if one is not None and not offices:
        return f"alliance:{one.id}"
    if not offices and not found:
        return None
    text = f"“{safe(typed)}” may mean several. Which one?"
    blocks = [*office_choices(offices, text, word).blocks, *(choice_block(f, word) for f in found)]
    names = [*(name for _, name in offices), *(f.name for f in found)]
    return Answer("\n".join([text, *(f"- {safe(name)}" for name in names)]), blocks)


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
