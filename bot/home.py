"""The app's Home: a work list of what is due from me and waits for me, how my alliances stand, and how to begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.answer_words import answer_lines
from bot.answers.approve import waiting_blocks
from bot.answers.menu import menu_buttons
from bot.approval_words import WAITING, asker_buttons, show_button
from bot.blocks import Json, actions, button, clip, context, divider, header, paragraphs, safe, section
from bot.duty_list import row_buttons
from bot.duty_words import row_text
from bot.home_words import (
    HOW,
    NO_ALLIANCE,
    PURPOSE,
    acting_lines,
    alliance_lines,
    as_of,
    asked_lines,
    counted,
    rows_of,
    who_gives_positions,
)
from bot.values import Run
from operations.read.home import By, Home
from operations.read.mine import MyAlliance
from policy.words import count, small

TITLE = "Alliance Program"
MY_ALLIANCES = "My alliances"
#: Blocks that Slack takes in a Home tab.
MOST_HOME_BLOCKS = 100
#: Duties of each group, alliances, and what was asked that are shown; the rest is counted, with a way to all.
MOST_OF = {By.DECIDE: 4, By.LATE: 4, By.WEEK: 4, By.SOON: 3, By.LATER: 2, By.POSSIBLE: 1}
MOST_ALLIANCES = 10
MOST_ASKED = 4
MOST_ACTING = 12
#: The words that somebody new may try.
TO_TRY = (("List alliances", "list", ""), ("What is due in all offices", "due", "all"), ("All words", "help", ""))


def home_view(home: Home) -> Json:
    """Return the Home tab of a person."""
    blocks: list[Json] = [header(TITLE), context(as_of(home)), _first_buttons(home)]
    blocks += [
        context(f"This list is not complete. {safe(gap, 300)} Tell your administrator.") for gap in home.gaps[:3]
    ]
    if home.is_new or not _has_position(home):
        blocks += _for_new(home)
    if home.to_approve:
        blocks += [divider(), header(WAITING), *waiting_blocks(home.to_approve, short=True)]
    if not home.is_new:
        blocks += [divider(), *_duties(home)]
    if home.alliances:
        blocks += [divider(), *_alliances(home.alliances)]
    if home.asked or home.asked_of_duties:
        blocks += [divider(), *_asked(home)]
    if lines := acting_lines(home):
        more = [f"and {len(lines) - MOST_ACTING} more: /alliance people"] if len(lines) > MOST_ACTING else []
        blocks += [divider(), header("Acting for others"), *map(section, paragraphs([*lines[:MOST_ACTING], *more]))]
    blocks += [divider(), section(HOW)]
    return {"type": "home", "blocks": [*blocks[: MOST_HOME_BLOCKS - 3], *menu_buttons()[:3]]}


def _first_buttons(home: Home) -> Json:
    """Return what is done most often."""
    made = [_run("What is due", "due", "mine"), _run("Approvals", "approve")]
    if _has_position(home):
        made = [_run("Record an activity", "record"), _run("Record a meeting", "meeting"), *made]
    return actions(*made, button("Page to print", "print:home", "home", about="your work as a file"))


def _has_position(home: Home) -> bool:
    return bool(home.positions or home.acting)


def _for_new(home: Home) -> Iterator[Json]:
    """Yield what helps somebody who has nothing here yet."""
    yield section(f"*What this is for*\n{PURPOSE}")
    if _has_position(home):
        yield section(f"*Your offices*\n{NO_ALLIANCE}")
        yield actions(_run("Propose an alliance", "new"))
    else:
        yield section(f"*Your position*\n{who_gives_positions(home)}")
    yield section("*Try one of these*\nEach is a word after `/alliance`; part of a name is enough to find an alliance.")
    yield actions(*(_run(label, word, words) for label, word, words in TO_TRY))


def _duties(home: Home) -> Iterator[Json]:
    yield header("Due for me and my offices")
    yield context(counted(home))
    for by, duties in home.duties.items():
        yield section(f"*{by.value}: {len(duties)}*")
        for row in rows_of(home, duties[: MOST_OF[by]]):
            yield section("\n".join([row_text(row), *answer_lines(row.answers)]), block_id=f"duty:{row.id}")
            yield actions(*row_buttons(row), block_id=f"act:{row.id}")
        if (left := len(duties) - MOST_OF[by]) > 0:
            yield context(f"and {left} more {small(by.value)}")
    if home.duties:
        yield actions(_run(f"Show all {sum(map(len, home.duties.values()))}", "due", "mine", mark="all"))


def _alliances(alliances: Sequence[MyAlliance]) -> Iterator[Json]:
    """Yield how alliances stand: those at risk first, then by what comes next."""
    yield header(MY_ALLIANCES)
    at_risk = sum(one.at_risk for one in alliances)
    yield context(f"{count(len(alliances), 'alliance')}, {at_risk or 'none'} at risk.")
    for one in sorted(alliances, key=_urgency)[:MOST_ALLIANCES]:
        yield section("\n".join(alliance_lines(one)), accessory=_show(one))
    if len(alliances) > MOST_ALLIANCES:
        yield actions(_run(f"Show all {len(alliances)}", "list", "mine", mark="all"))


def _urgency(one: MyAlliance) -> tuple[bool, bool, int, str]:
    due = one.listed.next_due
    return not one.at_risk, due is None, 0 if due is None else due.due_on.toordinal(), one.listed.name.casefold()


def _asked(home: Home) -> Iterator[Json]:
    yield header("What I asked, and who has it")
    lines, approvals = asked_lines(home), home.asked[:MOST_ASKED]
    for text, one in zip(lines, approvals, strict=False):
        yield section(clip(text, 2900))
        yield actions(*asker_buttons(one), show_button(one))
    duties = lines[len(home.asked) :]
    yield from map(section, duties[:MOST_ASKED])
    if (left := len(lines) - len(approvals) - min(len(duties), MOST_ASKED)) > 0:
        yield context(f"and {left} more: /alliance approve")


def _show(one: MyAlliance) -> Json:
    value = Run(word="show", alliance=one.listed.id).model_dump_json(exclude_none=True)
    return button("Show", "run:show", value, about=one.listed.name)


def _run(label: str, word: str, words: str = "", *, mark: str = "") -> Json:
    value = Run(word=word, words=words).model_dump_json(exclude_none=True)
    return button(label, f"run:{word}{f':{mark}' if mark else ''}", value)
