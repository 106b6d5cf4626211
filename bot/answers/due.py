"""What is due: mine, all, of an office, of an alliance, or of one reminder."""

from __future__ import annotations

from typing import Any

from bot.answers.mine import my_rows, office_rows, with_answers
from bot.asked import Answer, Asked, Reply
from bot.blocks import actions, button, context, safe, section
from bot.choose import choice_block, office_choices
from bot.duty_list import page_blocks, page_text
from bot.duty_words import Row, row_of_owed, row_of_shown
from bot.values import Page, Run, read_id
from operations.gather_facts import gather
from operations.read.choices import find_offices
from operations.read.duties import list_due
from operations.read.find_alliance import find_alliances, the_one
from operations.read.message import show_message
from operations.refusals import Refused

MOST_OFFICES = 8


def due(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """List what is due for the words: nothing or "mine", "all", an office, or an alliance."""
    if alliance is not None:
        return due_page(asked, Page(list="due", scope="alliance", key=str(alliance)))
    typed = " ".join(words.split())
    if typed.casefold() in {"", "mine", "my", "me"}:
        return due_page(asked, Page(list="due", scope="mine"))
    if typed.casefold() in {"all", "everything"}:
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
            return "My duties", my_rows(session, asked, by)
        # Who holds no position may read everything.
        return "Due for all offices", [row_of_owed(o) for o in list_due(session, as_of=asked.now, failed=asked.failed)]
    if page.scope == "office":
        name = next((name for code, name in find_offices(session, page.key, limit=100) if code == page.key), page.key)
        return f"Due: {name}", office_rows(session, asked, [page.key])
    if page.scope == "alliance":
        owed = list_due(session, as_of=asked.now, ids=[int(page.key)], failed=asked.failed)
        found = gather(session, [int(page.key)])
        if not found:
            raise Refused("This alliance is no longer on record; look for it with /alliance list.")
        return f"Due: {found[0].facts.name}", [row_of_owed(o) for o in owed]
    if page.scope == "message":
        shown = show_message(session, read_id(page.key), now=asked.now)
        return f"{shown.office}: all of this reminder", [row_of_shown(duty) for duty in shown.duties]
    return "Due for all offices", [row_of_owed(o) for o in list_due(session, as_of=asked.now, failed=asked.failed)]


def _meant(session: Any, typed: str) -> Page | Answer:
    offices = find_offices(session, typed, limit=MOST_OFFICES)
    exact = [code for code, name in offices if typed.casefold() in {code.casefold(), name.casefold()}]
    if len(exact) == 1:
        return Page(list="due", scope="office", key=exact[0])
    found = find_alliances(session, typed, limit=MOST_OFFICES)
    one = the_one(found)
    if len(offices) == 1 and not found:
        return Page(list="due", scope="office", key=offices[0][0])
    if one is not None and not offices:
        return Page(list="due", scope="alliance", key=str(one.id))
    if not offices and not found:
        text = f"Neither an office nor an alliance is called “{safe(typed)}”."
        everything = button("Show all", "run:due", Run(word="due", words="all").model_dump_json())
        return Answer(f"{text} /alliance due all lists everything.", [section(text), actions(everything)])
    text = f"“{safe(typed)}” may mean several. Which one?"
    blocks = [*office_choices(offices, text, "due").blocks, *(choice_block(f, "due") for f in found)]
    names = [*(name for _, name in offices), *(f.name for f in found)]
    return Answer("\n".join([text, *(f"- {safe(name)}" for name in names)]), blocks)
