"""The words of a person's own digest: pure, and complete as plain text too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.answer_words import answer_lines
from bot.answers.mine import FIRST, for_person
from bot.approval_words import WAITING, asked_text, decide_buttons, show_button, standing_text
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
from bot.duty_list import group_of, row_buttons, summary
from bot.duty_words import Row, full_day, row_of_shown, row_text
from bot.shown_words import duty_line, outcome
from bot.values import Run
from operations.read.approvals import ApprovalShown
from operations.read.message import Shown, ShownMessage
from policy.words import count

SHOW = "Show all that is due for me"
WHY = "`/alliance digest` changes when this comes and what it leaves out."
#: Blocks and characters kept free for the last lines.
_BLOCKS, _CHARACTERS = 4, 800
#: Approvals that are shown with their buttons; the rest is counted.
MOST_APPROVALS = 5


def own_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks` of the digest, its duties as they stand now, each with its buttons."""
    person = shown.person
    slack_id = "" if person is None or person.slack_id is None else person.slack_id
    rows = [(_row(duty, slack_id), duty) for duty in shown.duties]
    # What is settled comes last; before it as in the person's own list.
    rows.sort(key=lambda pair: (not pair[0].status.unsettled, FIRST.index(pair[0].first)))
    heading = (
        f"{clip('' if person is None else ' '.join(person.name.split()), 80)}: your digest of {full_day(shown.day)}"
    )
    counted = summary([row for row, _ in rows])
    blocks, lines = [header(heading), context(counted)], [f"{safe(heading)}. {counted}"]
    for made, line in _approvals(shown.approvals, slack_id):
        blocks, lines = [*blocks, *made], [*lines, line]
    group, left = "", len(rows)
    for row, duty in rows:
        name = group_of(row)
        made = [section(f"*{name}*")] if name != group else []
        made += _blocks(row, duty)
        longer = [*blocks, *made]
        if len(longer) > MOST_BLOCKS - _BLOCKS or characters(longer) > MOST_CHARACTERS - _CHARACTERS:
            break
        blocks, lines, left, group = (
            longer,
            [*lines, *([f"*{name}*"] if name != group else []), _line(duty)],
            left - 1,
            name,
        )
    more = [f"and {left} more: press {SHOW}"] if left else []
    run = Run(word="due", words="mine").model_dump_json(exclude_none=True)
    blocks += [*map(section, more), actions(button(SHOW, "run:due", run)), context(WHY)]
    return {"text": "\n".join([*lines, *more]), "blocks": blocks}


def _approvals(approvals: Sequence[ApprovalShown], slack_id: str) -> Iterator[tuple[list[Json], str]]:
    """Yield blocks and line of what waited for a person's decision: with the buttons as long as it still does."""
    if approvals:
        yield [section(f"*{WAITING}*")], f"*{WAITING}*"
    for approval in approvals[:MOST_APPROVALS]:
        text = f"{asked_text(approval)}\n{standing_text(approval)}"
        decides = decide_buttons(approval) if slack_id in approval.deciders else []
        row = actions(*decides, show_button(approval), block_id=f"own:{approval.id}")
        yield [*map(section, paragraphs([text])), row], f"- {text}".replace("\n", " ")
    if len(approvals) > MOST_APPROVALS:
        left = f"and {count(len(approvals) - MOST_APPROVALS, 'more approval')}: /alliance approve"
        yield [context(left)], left


def _row(duty: Shown, slack_id: str) -> Row:
    row = row_of_shown(duty)
    return for_person(row, slack_id) if row.status.unsettled else row


def _blocks(row: Row, duty: Shown) -> list[Json]:
    if outcome(duty) is not None:
        return [section(duty_line(duty), block_id=f"duty:{row.id}")]
    text = "\n".join([row_text(row), *answer_lines(row.answers)])
    return [section(text, block_id=f"duty:{row.id}"), actions(*row_buttons(row), block_id=f"act:{row.id}")]


def _line(duty: Shown) -> str:
    return " ".join([f"- {duty_line(duty)}", *answer_lines(duty.answers)])
