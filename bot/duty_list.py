"""Duties as pages of a list: grouped by how near they are, with the buttons that act on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.answer_words import answer_lines, decision_buttons, more_menu
from bot.blocks import Json, actions, button, context, header, safe, section
from bot.duty_words import Row, open_duties, row_line, row_text, title
from bot.values import Page
from policy.duties import Modality, Status

ROWS_A_PAGE = 8
SOON = timedelta(days=30)

Listed = TypeVar("Listed")


def page_blocks(heading: str, rows: Sequence[Row], page: Page) -> list[Json]:
    """Return the blocks of one page of a list of duties."""
    shown = rows_of_page(rows, page.page, ROWS_A_PAGE)
    blocks = [header(heading), context(summary(rows))]
    group = ""
    for row in shown:
        name = group_of(row)
        if name != group:
            blocks.append(section(f"*{name}*"))
            group = name
        text = "\n".join([row_text(row), *answer_lines(row.answers)])
        blocks.append(section(text, block_id=f"duty:{row.id}"))
        if row.status.unsettled:
            blocks.append(actions(*row_buttons(row), block_id=f"act:{row.id}"))
    blocks += pager(page, len(rows), ROWS_A_PAGE)
    return blocks


def page_text(heading: str, rows: Sequence[Row], page: Page) -> str:
    """Return the same page as plain lines."""
    shown = rows_of_page(rows, page.page, ROWS_A_PAGE)
    return "\n".join([f"{safe(heading)}. {summary(rows)}", *map(_line, shown)])


def _line(row: Row) -> str:
    return " ".join([f"- {row_line(row)}", *answer_lines(row.answers)])


def rows_of_page(rows: Sequence[Listed], page: int, a_page: int) -> Sequence[Listed]:
    """Return the rows of a page; a page past the end is the last one."""
    number = min(max(page, 1), pages(len(rows), a_page))
    return rows[(number - 1) * a_page : number * a_page]


def row_buttons(row: Row) -> list[Json]:
    """Return the buttons of a duty in a list."""
    what, value = f"{row.alliance}, {title(row.rule)}", str(row.id)
    request = row.answers.request
    decide = decision_buttons(request, what) if request is not None and row.decides else []
    return [
        *decide,
        button("Record it", "record:obligation", value, about=what),
        button("Why?", "why:obligation", value, about=what),
        more_menu(row),
    ]


def group_of(row: Row) -> str:
    """Name the group of a duty: what comes first for a person, late, near or later."""
    if row.first is not None:
        return row.first
    if not row.status.unsettled:
        return "Settled"
    if row.modality is Modality.PERMISSION:
        return "Possible, not asked for"
    if row.late:
        return "Overdue or past target"
    return "In the next 30 days" if row.due_on <= row.on + SOON else "Later"


def summary(rows: Sequence[Row]) -> str:
    """Count the duties: open, overdue, past target."""
    open_rows = [row for row in rows if row.asked_for]
    if not open_rows:
        return "Nothing is due."
    words = [open_duties(len(open_rows))]
    for status, label in ((Status.OVERDUE, "overdue"), (Status.PAST_TARGET, "past target")):
        number = sum(row.status is status for row in open_rows)
        if number:
            words.append(f"{number} {label}")
    return f"{', '.join(words)}."


def pages(rows: int, a_page: int) -> int:
    """Count the pages of a list; an empty one has one."""
    return max(1, -(-rows // a_page))


def pager(page: Page, rows: int, a_page: int) -> Iterator[Json]:
    """Yield the blocks that lead to the pages before and after; none for a single page."""
    last = pages(rows, a_page)
    if last == 1:
        return
    number = min(max(page.page, 1), last)
    yield context(f"Page {number} of {last}")
    ways = [("Previous", "page:previous", number - 1), ("Next", "page:next", number + 1)]
    yield actions(
        *(
            button(label, action, page.model_copy(update={"page": to}).model_dump_json(), about=f"page {to}")
            for label, action, to in ways
            if 1 <= to <= last
        )
    )
