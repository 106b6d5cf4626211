"""The words, with an example each."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import context, header, safe, section
from bot.words import OWN_COMMANDS, WORDS, Word
from operations.read.choices import alliances_of


def explain_words(asked: Asked, words: str = "", alliance: int | None = None) -> Reply:  # noqa: ARG001 - called alike
    """Explain the words that can follow /alliance."""
    with asked.sessions.begin() as session:
        mine = alliances_of(session, asked.actor(session))
    name = min((name for _, name in mine), key=len, default=None)
    lines = [
        f"`/alliance {f'{w.word} {w.usage}'.strip()}`\n{w.does}. Example: `/alliance {_example(w, name)}`"
        for w in WORDS
    ]
    foot = (
        "A part of a name is enough; an acronym works too. "
        f"Also commands of their own: {', '.join(OWN_COMMANDS)}. "
        "Everyone may read; recording takes a position at the alliance's office or an office above it."
    )
    heading = "What you can type"
    half = -(-len(lines) // 2)
    parts = ["\n\n".join(lines[:half]), "\n\n".join(lines[half:])]
    blocks = [header(heading), *map(section, parts), context(foot)]
    return Answer("\n".join([heading, *lines, foot]), blocks, title="Help")


def _example(word: Word, name: str | None) -> str:
    """Write the example about one of the asker's own alliances, where there is one."""
    if name is None or not word.usage.startswith("[alliance]"):
        return word.example
    more = " report" if word.word == "why" else ""
    # A grave accent would end the code in which the example stands.
    return f"{word.word} {safe(name).replace('`', '')}{more}"
