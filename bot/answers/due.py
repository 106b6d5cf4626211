"""What is due: mine, all, of an office, of an alliance, or of one reminder."""

from __future__ import annotations

from typing import Any

from bot.answers.mine import MINE, my_rows, office_rows, with_answers
from bot.asked import Answer, Asked, Reply
from bot.blocks import actions, button, context, safe, section
from bot.choose import office_or_alliance
from bot.duty_list import page_blocks, page_text
from bot.duty_words import Row, row_of_owed, row_of_shown
from bot.values import Page, Run, read_id, read_number
from bot.words import ALL_WORDS, MY_WORDS
from operations.read.choices import find_offices
from operations.read.duties import list_due
from operations.read.merged import gather_standing
from operations.read.message import show_message


def due(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """List what is due for the words: nothing or "mine", "all", an office, or an alliance."""
    if alliance is not None:
        return due_page(asked, Page(list="due", scope="alliance", key=str(alliance)))
    typed = " ".join(words.split())
    if not typed or typed.casefold() in MY_WORDS:
        return due_page(asked, Page(list="due", scope="mine"))
    if typed.casefold() in ALL_WORDS:
        return due_page(asked, Page(list="due", scope="all"))
    with asked.sessions.begin() as session:
        meant = _meant(session, typed)
    return meant if isinstance(meant, Answer) else due_page(asked, meant)


def due_page(asked: Asked, page: Page) -> Answer:
    """Show one page of a list of duties."""
    with asked.sessions.begin() as session:
        heading, rows = _rows(session, asked, page)
        if page.scope != "message":
            rows = with_answers(session, asked, rows)
    return Answer(
        "\n".join([page_text(heading, rows, page), *asked.gaps]),
        [*page_blocks(heading, rows, page), *map(context, asked.gaps)],
        title="What is due",
    )


def _rows(session: Any, asked: Asked, page: Page) -> tuple[str, list[Row]]:
    if page.scope == "mine":
        by = asked.actor(session)
        if by.offices:
            return MINE, my_rows(session, asked, by)
        # Who holds no position may read everything.
        return "Due for all offices", [row_of_owed(o) for o in list_due(session, as_of=asked.now, failed=asked.failed)]
    if page.scope == "office":
        name = next((name for code, name in find_offices(session, page.key, limit=100) if code == page.key), page.key)
        return f"Due: {name}", office_rows(session, asked, [page.key])
    if page.scope == "alliance":
        facts = gather_standing(session, read_number(page.key)).facts
        owed = list_due(session, as_of=asked.now, ids=[facts.id], failed=asked.failed)
        return f"Due: {facts.name}", [row_of_owed(o) for o in owed]
    if page.scope == "message":
        shown = show_message(session, read_id(page.key), now=asked.now)
        return f"{shown.office}: all of this reminder", [row_of_shown(duty) for duty in shown.duties]
    return "Due for all offices", [row_of_owed(o) for o in list_due(session, as_of=asked.now, failed=asked.failed)]


def _meant(session: Any, typed: str) -> Page | Answer:
    found = office_or_alliance(session, typed, "due")
    if isinstance(found, str):
        kind, _, key = found.partition(":")
        return Page(list="due", scope="office" if kind == "office" else "alliance", key=key)
    if found is not None:
        return found
    text = f"Neither an office nor an alliance is called “{safe(typed)}”."
    everything = button("Show all", "run:due", Run(word="due", words="all").model_dump_json())
    return Answer(f"{text} /alliance due all lists everything.", [section(text), actions(everything)])
