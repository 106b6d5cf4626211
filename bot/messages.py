"""The words and blocks of the messages that the workers post: pure, and complete as plain text too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.answer_words import answer_lines, more_menu
from bot.approval_message import approval_message, approval_news_message
from bot.blocks import (
    MOST_BLOCKS,
    MOST_CHARACTERS,
    Json,
    actions,
    button,
    characters,
    clip,
    context,
    header,
    paragraphs,
    safe,
    section,
)
from bot.duty_words import (
    Row,
    about,
    clause_words,
    full_day,
    row_line,
    row_of_shown,
    row_text,
    standing,
    title,
)
from bot.escalations import why_here, why_told
from bot.month_message import month_message
from bot.own_message import own_message
from bot.request_message import request_message
from bot.shown_words import duty_line, outcome, snoozed
from bot.told_message import assigned_message, decided_message, returned_message
from bot.undeliverable import undeliverable_message
from bot.week_message import week_message
from operations.read.message import Shown, ShownMessage
from policy.annual_report import missing_words
from policy.duties import Status
from policy.words import count

#: The duties of a message, each with its line, which is made once.
Duties = Sequence[tuple[Shown, Row]]

#: Characters of the fallback text; Slack cuts a message's text at 40,000.
MOST_TEXT = 30_000
#: Characters kept free for the lines of what does not fit as a whole.
FOLDED_CHARACTERS = 5_500
#: Blocks kept free for them: the heading, their sections and the button.
FOLDED_BLOCKS = 5


def message_words(shown: ShownMessage, *, newer_blocks: bool = True) -> Json:
    """Return `text` and `blocks` of a message of any kind, with everything as it stands now.

    `newer_blocks` says whether Slack knows the blocks that came in 2026, such as charts.
    """
    if shown.undeliverable is not None:
        return undeliverable_message(shown, shown.undeliverable)
    if shown.month is not None:
        return month_message(shown, shown.month, newer_blocks=newer_blocks)
    return _BY_KIND.get(shown.kind, reminder_message)(shown)


def reminder_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks` of a reminder, a reply or a direct message, its duties as they stand now."""
    duties = [(duty, row_of_shown(duty)) for duty in shown.duties]
    summary = _summary(duties)
    return {"text": _text(shown, duties, summary), "blocks": _blocks(shown, duties, summary)}


#: What is said in words of its own.
_BY_KIND: dict[str, Callable[[ShownMessage], Json]] = {
    "request": request_message,
    "decided": decided_message,
    "assigned": assigned_message,
    "approval": approval_message,
    "approval-news": approval_news_message,
    "returned": returned_message,
    "week": week_message,
    "own": own_message,
}


def duty_blocks(shown: Shown, kind: str = "reminder") -> list[Json]:
    """Return the blocks of one duty: what is owed with its buttons, or what came of it; short in a reply."""
    return _duty_blocks(shown, row_of_shown(shown), kind)


def _duty_blocks(shown: Shown, row: Row, kind: str) -> list[Json]:
    closing = outcome(shown)
    if closing is not None:
        return [section(f"*{title(row.rule)}*, {safe(row.alliance)}\n{closing}", block_id=f"duty:{row.id}")]
    text = row_text(row)
    if kind == "reply":
        stands = standing(row)
        text = f"{row_line(row).replace(stands, f'*{stands}*')} _{clause_words(row.clauses)}_"
    for line in (_lacking(shown), snoozed(shown), *answer_lines(shown.answers, mention=True), why_told(shown, kind)):
        text += f"\n{line}" if line else ""
    return [section(text, block_id=f"duty:{row.id}"), actions(*_buttons(row), block_id=f"act:{row.id}")]


def _lacking(shown: Shown) -> str:
    """Say how far the annual report is that a duty asks for."""
    return "" if shown.lacks is None else f"{missing_words(shown.lacks)} /alliance report shows how it stands now."


def _buttons(row: Row) -> list[Json]:
    """Return the buttons that answer a reminder."""
    value, what = str(row.id), f"{row.alliance}, {title(row.rule)}"
    return [
        button("Record it", "record:obligation", value, about=what, style="primary"),
        button("Why?", "why:obligation", value, about=what),
        button("Snooze", "snooze:obligation", value, about=what),
        button("Not ours", "pass_on:obligation", value, about=what),
        more_menu(row),
    ]


def _heading(shown: ShownMessage) -> str:
    whose = shown.office if shown.person is None else f"For {shown.person.name}"
    return f"{clip(' '.join(whose.split()), 100)}: {full_day(shown.day)}"


def _summary(duties: Duties) -> str:
    rows = [row for duty, row in duties if outcome(duty) is None]
    if not rows:
        return "Nothing is left to do here."
    late = sum(row.status is Status.OVERDUE for row in rows)
    words = f"{count(len(rows), 'duty')} to act on"
    return f"{words}, {late} overdue." if late else f"{words}."


def _blocks(shown: ShownMessage, duties: Duties, summary: str) -> list[Json]:
    blocks = [context(summary)] if shown.kind == "reply" else [header(_heading(shown)), context(summary)]
    here = why_here(shown)
    blocks += [context(here)] if here else []
    whole = [_duty_blocks(duty, row, shown.kind) for duty, row in duties]
    everything = [*blocks, *(block for row in whole for block in row)]
    if len(everything) <= MOST_BLOCKS and characters(everything) <= MOST_CHARACTERS:
        return everything
    room = MOST_CHARACTERS - FOLDED_CHARACTERS
    shown_whole = 0
    for row in whole:
        longer = [*blocks, *row]
        if len(longer) > MOST_BLOCKS - FOLDED_BLOCKS or characters(longer) > room:
            break
        blocks = longer
        shown_whole += 1
    return [*blocks, *_folded(shown, shown.duties[shown_whole:])]


def _folded(shown: ShownMessage, rest: tuple[Shown, ...]) -> Iterator[Json]:
    lines = [f"•  {duty_line(duty)}" for duty in rest]
    kept: list[str] = []
    room = FOLDED_CHARACTERS - 200
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    yield section(f"*And {len(rest)} more*")
    yield from (section(text) for text in paragraphs(kept))
    left = len(lines) - len(kept)
    label = f"Show all {len(shown.duties)}"
    if left:
        yield context(f"{left} not listed here: press {label}.")
    yield actions(button(label, "show:message", str(shown.id), about=f"duties of {shown.office}"))


def _text(shown: ShownMessage, duties: Duties, summary: str) -> str:
    lines = [f"{safe(_heading(shown))}. {summary}", *filter(None, [why_here(shown)])]
    for duty, row in duties:
        line = f"- {duty_line(duty, row)}"
        if outcome(duty) is None:
            more = about(row)
            answers = answer_lines(duty.answers, mention=True)
            parts = (more and f"({more})", _lacking(duty), snoozed(duty), *answers, why_told(duty, shown.kind))
            line += "".join(f" {part}" for part in parts if part)
            line += f" [{clause_words(row.clauses)}]"
        lines.append(line)
    text = ""
    for number, line in enumerate(lines):
        if len(text) + len(line) > MOST_TEXT:
            return f"{text}\nand {len(lines) - number} more."
        text = f"{text}\n{line}" if text else line
    return text
