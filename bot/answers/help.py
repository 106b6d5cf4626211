"""The words, with an example each."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import context, header, section
from bot.words import OWN_COMMANDS, WORDS


def explain_words(asked: Asked, words: str = "", alliance: int | None = None) -> Reply:  # noqa: ARG001 - called alike
    """Explain the words that can follow /alliance."""
    lines = [f"`/alliance {f'{w.word} {w.usage}'.strip()}`\n{w.does}. Example: `/alliance {w.example}`" for w in WORDS]
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
