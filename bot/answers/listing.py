"""List alliances with their state and what they owe next."""

from __future__ import annotations

from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, button, context, header, safe, section
from bot.duty_list import pager, pages
from bot.duty_words import due_words, row_of_due, standing, title
from bot.state_words import state_words
from bot.values import Page, Run
from bot.words import MY_WORDS
from operations.read.alliances import Listed, alliance_ids, list_alliances
from operations.read.choices import find_offices
from operations.read.find_alliance import find_alliances
from operations.read.mine import read_mine
from policy.words import capital, count
from policy.words import listing as listing_of

ROWS_A_PAGE = 10
#: Words that stand in more offices than this are no office's name.
MOST_OFFICES = 6
MOST_FOUND = 500


def listing(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """List all alliances, mine, those of an office, or those whose name holds the words."""
    typed = " ".join(words.split())
    if typed.casefold() in MY_WORDS:
        return alliances_page(asked, Page(list="alliances", scope="mine"))
    return alliances_page(asked, Page(list="alliances", scope="words" if typed else "all", key=typed[:500]))


def alliances_page(asked: Asked, page: Page) -> Answer:
    """Show one page of the list of alliances."""
    with asked.sessions.begin() as session:
        heading, found = _found(session, asked, page)
        last = pages(len(found), ROWS_A_PAGE)
        first = (min(max(page.page, 1), last) - 1) * ROWS_A_PAGE
        on_page = found[first : first + ROWS_A_PAGE]
        # Only of what is shown the duties are looked at: of thousands that takes seconds.
        lined = {one.id: one for one in list_alliances(session, on_page, now=asked.now, failed=asked.failed)}
    shown = [lined[id] for id in on_page]
    counted = f"{count(len(found), 'alliance')}." if found else "No alliance matches. /alliance list shows all."
    blocks = [header(heading), context(counted), *map(_block, shown)]
    blocks += [*pager(page, len(found), ROWS_A_PAGE), *map(context, asked.gaps)]
    lines = [f"- {safe(line.name)}: {_state(line)}" for line in shown]
    lines += asked.gaps
    return Answer("\n".join([f"{safe(heading)}. {counted}", *lines]), blocks, title="Alliances")


def _found(session: Any, asked: Asked, page: Page) -> tuple[str, list[int]]:
    if page.scope == "all":
        return "All alliances", alliance_ids(session)
    if page.scope == "mine":
        mine = read_mine(session, asked.actor(session), now=asked.now, failed=asked.failed)
        return "My alliances", [one.listed.id for one in mine.alliances]
    typed = page.key.casefold()
    offices = find_offices(session, page.key, limit=MOST_OFFICES)
    exact = [o for o in offices if typed in {o[0].casefold(), o[1].casefold()}]
    named = set() if exact else {f.id for f in find_alliances(session, page.key, limit=MOST_FOUND)}
    meant = exact or offices
    of_offices = alliance_ids(session, [code for code, _ in meant])
    if not named:
        return f"Alliances of {listing_of(name for _, name in meant) or page.key}", of_offices
    wanted = named | set(of_offices)
    return f"Alliances like “{page.key}”", [id for id in alliance_ids(session) if id in wanted]


def _state(line: Listed) -> str:
    return state_words(line.state, line.of.facts.ending, line.term, line.on)


def _block(line: Listed) -> Json:
    offices = listing_of(map(safe, line.office_names))
    text = f"*{safe(line.name)}*\n{line.level.capitalize()}, {offices}. {capital(_state(line))}."
    if line.next_due is not None:
        row = row_of_due(line.next_due, line.of, line.on)
        text += f"\nNext: {title(row.rule)}. {due_words(row)}; {standing(row)}."
    value = Run(word="show", alliance=line.id).model_dump_json(exclude_none=True)
    return section(text, accessory=button("Show", "run:show", value, about=line.name))
