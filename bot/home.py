"""The app's Home: my duties by day, my alliances, and how to begin."""

from __future__ import annotations

from bot.answers.menu import menu_buttons
from bot.answers.mine import my_alliances, my_rows
from bot.asked import Asked
from bot.blocks import Json, button, context, divider, header, safe, section
from bot.duty_list import page_blocks
from bot.state_words import state_words
from bot.values import Page, Run
from operations.read.alliances import Listed

MOST_ALLIANCES = 15

GUIDE = (
    "*How to begin*\n"
    "•  Type `/alliance` in any channel, or press a button here.\n"
    "•  Reminders come to the channel of your office on working days; press *Record it* under a duty when it is "
    "done, *Why?* to see the clause it rests on.\n"
    "•  `/alliance record`, `/alliance meeting` and `/alliance report` record what was done; `/alliance help` lists "
    "all words."
)


def home(asked: Asked, page: Page | None = None) -> Json:
    """Return the Home tab of a person."""
    page = page or Page(list="due", scope="mine")
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        rows = my_rows(session, asked, by)
        alliances = my_alliances(session, asked, by)
    blocks: list[Json] = [header("Alliance Program"), *menu_buttons(), *map(context, asked.gaps), divider()]
    if by.offices:
        blocks += page_blocks("My duties", rows, page)
        blocks += [divider(), header("My alliances"), *(_alliance(line) for line in alliances[:MOST_ALLIANCES])]
        if len(alliances) > MOST_ALLIANCES:
            blocks.append(context(f"and {len(alliances) - MOST_ALLIANCES} more: /alliance list"))
    else:
        blocks.append(
            section("You hold no position on record yet: you may read everything. An administrator can add yours.")
        )
    return {"type": "home", "blocks": [*blocks, divider(), section(GUIDE)]}


def _alliance(line: Listed) -> Json:
    value = Run(word="show", alliance=line.id).model_dump_json(exclude_none=True)
    show = button("Show", "run:show", value, about=line.name)
    stands = state_words(line.state, line.of.facts.ending, line.term, line.on)
    return section(f"*{safe(line.name)}*: {stands}", accessory=show)
