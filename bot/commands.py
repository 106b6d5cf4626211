"""From what was typed after /alliance to its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.answers.approve import approve
from bot.answers.calendar import calendar
from bot.answers.correct import correct
from bot.answers.digest import digest
from bot.answers.document import document
from bot.answers.due import due
from bot.answers.export import export
from bot.answers.fill import WORD_FORMS, fill
from bot.answers.gates import gates
from bot.answers.help import explain_words
from bot.answers.listing import listing
from bot.answers.menu import did_you_mean, menu
from bot.answers.office import office
from bot.answers.outbox import outbox
from bot.answers.people import people
from bot.answers.preview import preview
from bot.answers.procedure import show_steps
from bot.answers.product import product
from bot.answers.program import program
from bot.answers.report import report
from bot.answers.retention import retention
from bot.answers.show import show
from bot.answers.team import team
from bot.answers.why import why
from bot.asked import Asked, Reply
from bot.clean import storable
from bot.forms import FORMS
from bot.values import Run
from bot.words import BY_WORD, OWN_COMMANDS, WORDS

COMMAND = "/alliance"
#: Characters after the command that are read.
LONGEST = 500

ANSWERS: dict[str, Callable[[Asked, str, int | None], Reply]] = {
    "due": due,
    "list": listing,
    "show": show,
    "why": why,
    "preview": preview,
    "office": office,
    "people": people,
    "correct": correct,
    "outbox": outbox,
    "gates": gates,
    "procedure": show_steps,
    "report": report,
    "program": program,
    "approve": approve,
    "team": team,
    "product": product,
    "digest": digest,
    "calendar": calendar,
    "document": document,
    "export": export,
    "retention": retention,
    "help": explain_words,
}


def described() -> list[dict[str, Any]]:
    """Describe the commands and their words, for Slack's manifest and the composer of the local Slack."""
    whole = {
        "command": COMMAND,
        "description": "Alliances: record, report, see what is due and why",
        "usage_hint": "[record | meeting | due | list | show | why | report | help]",
        "words": [{"word": word.word, "description": word.does} for word in WORDS],
    }
    own = [
        {"command": command, "description": BY_WORD[name].does, "usage_hint": BY_WORD[name].usage, "words": []}
        for command, name in OWN_COMMANDS.items()
    ]
    return [whole, *own]


def answer_command(asked: Asked, command: str, text: str) -> Reply:
    """Answer a slash command."""
    typed = " ".join(storable(text).split())[:LONGEST]
    if command in OWN_COMMANDS:
        return run(asked, Run(word=OWN_COMMANDS[command], words=typed))
    word, _, rest = typed.partition(" ")
    if not word:
        return menu(asked)
    if word.lower() not in BY_WORD:
        return did_you_mean(asked, word, rest)
    return run(asked, Run(word=word.lower(), words=rest))


def run(asked: Asked, wanted: Run) -> Reply:
    """Do what a word does."""
    if wanted.word in WORD_FORMS or wanted.form in FORMS:
        return fill(asked, wanted.word, wanted.words, wanted.alliance, wanted.form)
    if wanted.word in ANSWERS:
        return ANSWERS[wanted.word](asked, wanted.words, wanted.alliance)
    return did_you_mean(asked, wanted.word, wanted.words)
