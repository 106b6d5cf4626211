"""The words of an office's weekly digest: pure, and complete as plain text too."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import Json, actions, button, clip, context, header, safe
from bot.duty_words import Row, full_day, row_of_shown
from bot.escalations import why_here
from bot.grouped import grouped
from bot.shown_words import duty_line, outcome
from bot.undeliverable import undelivered_lines
from bot.values import Run
from operations.read.message import Shown, ShownMessage
from policy.words import count

SHOW = "Show what is due"
WHY = "It comes with the first reminders of a week; an office turns it off in its settings (`/alliance office`)."
#: A group of lines: what it is called, how many duties are in it, and what is counted above.
Group = tuple[str, list[str], str]


def week_message(shown: ShownMessage) -> Json:
    """Return `text` and `blocks` of the digest, its duties as they stand now."""
    groups = [group for group in _groups(shown) if group[1]]
    heading = f"{clip(' '.join(shown.office.split()), 90)}: the week from {full_day(shown.day)}"
    counted = f"{', '.join(said for _, _, said in groups) or 'Nothing is left to do here'}."
    here = why_here(shown)
    blocks = [header(heading), context(counted), *([context(here)] if here else [])]
    lines = [f"{safe(heading)}. {counted}", *([here] if here else [])]
    grouped_blocks, grouped_lines = grouped([(name, said) for name, said, _ in groups], f": press {SHOW}")
    run = Run(word="due", words=shown.office_code).model_dump_json(exclude_none=True)
    return {
        "text": "\n".join([*lines, *grouped_lines]),
        "blocks": [*blocks, *grouped_blocks, actions(button(SHOW, "run:due", run, about=shown.office)), context(WHY)],
    }


def _groups(shown: ShownMessage) -> Iterator[Group]:
    """Yield the groups in the order of their urgency; each duty is in one."""
    left = [(row_of_shown(duty), duty) for duty in shown.duties if outcome(duty) is None]
    own = [(row, duty) for row, duty in left if not duty.takes_part]
    late = [duty for row, duty in own if row.late]
    risk = [duty for row, duty in own if not row.late and _at_risk(row)]
    due = [duty for row, duty in own if not (row.late or _at_risk(row))]
    others = [duty for _, duty in left if duty.takes_part]
    done = [duty for duty in shown.duties if outcome(duty) is not None]
    undelivered = sum(len(failed.said) for failed in shown.undelivered)
    yield "Late", [duty_line(duty) for duty in late], f"{len(late)} late"
    yield "Meetings at risk", [duty_line(duty) for duty in risk], f"{count(len(risk), 'meeting year')} at risk"
    yield "Due next, by day", [duty_line(duty) for duty in due], f"{len(due)} due next"
    yield (
        "Alliances of other offices in which you take part",
        [_owed_elsewhere(d) for d in others],
        (f"{len(others)} owed by other offices"),
    )
    yield "Settled", [duty_line(duty) for duty in done], f"{len(done)} settled"
    yield "Could not be delivered", undelivered_lines(shown.undelivered), f"{undelivered} not delivered"


def _at_risk(row: Row) -> bool:
    return row.meetings is not None and row.meetings.risk is not None


def _owed_elsewhere(duty: Shown) -> str:
    return f"{duty_line(duty)} Owed by {safe(duty.office)}."
