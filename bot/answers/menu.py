"""The menu of /alliance without a word: buttons, and my duties in short."""

from __future__ import annotations

from bot.answers.due import my_rows
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, header, section
from bot.duty_list import summary
from bot.duty_words import row_line
from bot.values import Run
from bot.words import WORDS, closest

SHORT = 3
BUTTONS_A_LINE = 5


def menu(asked: Asked) -> Reply:
    """Show what can be done, and the first of my duties."""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        rows = my_rows(session, asked, by)
    if by.offices:
        lines = [f"*My offices:* {summary(rows)}", *(f"•  {row_line(row, asked.today)}" for row in rows[:SHORT])]
    else:
        lines = ["You hold no position on record: you may read everything. An administrator can add yours."]
    heading = "Alliance Program"
    text = "\n".join(lines)
    words = ", ".join(word.word for word in WORDS)
    return Answer(f"{heading}\n{text}\nWords: {words}.", [header(heading), section(text), *menu_buttons()])


def menu_buttons() -> list[Json]:
    """Return the buttons of the menu."""
    made = [
        button(word.label, f"run:{word.word}", Run(word=word.word).model_dump_json(exclude_none=True), about=word.does)
        for word in WORDS
        if word.label is not None
    ]
    made.append(button("Help", "run:help", Run(word="help").model_dump_json(exclude_none=True)))
    return [actions(*made[start : start + BUTTONS_A_LINE]) for start in range(0, len(made), BUTTONS_A_LINE)]


def did_you_mean(typed: str, rest: str) -> Answer:
    """Offer the words most like one that is not known, with what followed it."""
    words = closest(typed)
    line = f"{typed} {rest}".strip()
    offered = [
        button(
            f"{word.word} {rest}".strip(), f"run:{word.word}", Run(word=word.word, words=rest[:1500]).model_dump_json()
        )
        for word in words
    ]
    # Perhaps it was a name.
    offered.append(button(f"show {line}", "run:find", Run(word="show", words=line).model_dump_json()))
    offered.append(button("Help", "run:help", Run(word="help").model_dump_json()))
    names = ", ".join([*(word.word for word in words), "help"])
    text = "I do not know this word. Did you mean:"
    return Answer(f"{text} {names}?", [section(text), actions(*offered)])
