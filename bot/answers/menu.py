"""The menu of /alliance without a word: buttons, and what is due in short."""

from __future__ import annotations

from bot.answers.mine import MINE, my_rows
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, header, safe, section
from bot.duty_list import summary
from bot.duty_words import row_line
from bot.values import Run
from bot.words import WORDS, closest
from operations.read.find_alliance import HOLDS, find_alliances

SHORT = 3
BUTTONS_A_LINE = 5


def menu(asked: Asked) -> Reply:
    """Show what can be done, and the first of what is due for me."""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        rows = my_rows(session, asked, by)
    if by.offices:
        lines = [f"*{MINE}:* {summary(rows)}", *(f"•  {row_line(row)}" for row in rows[:SHORT])]
        if len(rows) > SHORT:
            lines.append(f"and {len(rows) - SHORT} more: /alliance due")
    else:
        lines = ["You hold no position on record: you may read everything. An administrator can add yours."]
    lines += asked.gaps
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


def did_you_mean(asked: Asked, typed: str, rest: str) -> Answer:
    """Offer the words most like one that is not known, with what followed it, and what is called like it."""
    line = f"{typed} {rest}".strip()
    offered = [Run(word=word.word, words=rest) for word in closest(typed)]
    with asked.sessions.begin() as session:
        found = find_alliances(session, line, limit=1)
        if found and found[0].likeness >= HOLDS:
            offered.append(Run(word="show", words=line))
    if not offered:
        offered = [Run(word="due"), Run(word="list")]
    offered.append(Run(word="help"))
    labels = [f"{run.word} {run.words}".strip() for run in offered]
    text = f"“{safe(typed)}” is not a word that I know. Did you mean:"
    buttons = [
        # Two of them may be the same word.
        button(label, f"run:{run.word}:{number}", run.model_dump_json(exclude_none=True))
        for number, (label, run) in enumerate(zip(labels, offered, strict=True))
    ]
    return Answer(f"{text} {safe(', '.join(labels))}?", [section(text), actions(*buttons)])
