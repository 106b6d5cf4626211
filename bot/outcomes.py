"""What a person is told after something was recorded: what, what it did to the duties, what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from bot.blocks import Json, actions, button, confirm, escaped, safe, section
from bot.duty_words import about, due_words, row_of_due, standing, title
from bot.form_types import Done
from bot.gate_words import marked_blocks
from operations.read.marked_words import Marked
from operations.records.withdraw_record import record_noun
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Due, Modality, Status
from policy.meeting_year import meeting_words
from policy.words import day


def told(done: Done) -> str:
    """Return the sentences that confirm a record, in mrkdwn."""
    lines = [
        done.said,
        *map(escaped, done.outcome.warnings),
        *_counts(done),
        *_settled(done),
        *_opened(done.outcome),
        next_line(done.outcome),
    ]
    return "\n".join(line for line in lines if line)


def told_blocks(text: str, record: str | None, marked: Sequence[Marked] = ()) -> list[Json]:
    """Return the blocks of a confirmation; `record` is what the Undo button withdraws.

    `marked` are words of it that wait for a person's decision.
    """
    blocks = [section(text), *marked_blocks(marked)]
    if record is not None:
        ask = confirm("Undo this record?", "It no longer counts, and stays readable in the history.", "Undo")
        blocks.append(actions(button("Undo", "undo:record", record, confirm=ask)))
    return blocks


def undone(outcome: Outcome) -> str:
    """Say that a record was withdrawn, and how the duties stand now."""
    what = record_noun(outcome.record or "")
    text = f"Undone: the {what} of *{safe(outcome.of.facts.name)}* no longer counts."
    return "\n".join(line for line in (text, next_line(outcome)) if line)


def next_line(outcome: Outcome | ProgramOutcome) -> str:
    """Say what this alliance owes next."""
    remaining = outcome.remaining
    if not remaining:
        what = "the program" if outcome.of.alliance_id is None else "this alliance"
        return f"Nothing else is due for {what} at the moment."
    row = row_of_due(remaining[0], outcome.of, outcome.today)
    return f"Next: {title(row.rule)}. {due_words(row)}; {standing(row)}."


def duty_named(outcome: Outcome | ProgramOutcome, duty_id: uuid.UUID) -> str:
    """Name the duty that was answered, with its alliance or the program."""
    due = next((due for due in outcome.duties if due.id == duty_id), None)
    what = "a duty" if due is None else f"“{title(due.rule)}”"
    return f"{what} of *{safe(outcome.of.facts.name)}*"


def _counts(done: Done) -> Iterator[str]:
    for due in done.outcome.duties:
        if due.rule not in done.rules or due.meetings is None or due.period is None:
            continue
        if done.on is not None and done.on in due.period:
            running = done.outcome.today in due.period
            year = "This agreement year" if running else f"In the agreement year to {day(due.period.last)}"
            met = " Duty met." if due.status is Status.MET else ""
            yield f"{year}: {meeting_words(due.meetings)}.{met}"


def _settled(done: Done) -> Iterator[str]:
    for due in done.outcome.settled:
        if due.meetings is not None and due.rule in done.rules and done.on is not None:
            continue  # said with its count
        word = {Status.MET: "Duty met", Status.WAIVED: "Waived"}.get(due.status, "No longer owed")
        yield f"{word}: {_named(due, done.outcome)}."


def _opened(outcome: Outcome | ProgramOutcome) -> Iterator[str]:
    for due in outcome.opened:
        if due.status.unsettled:
            row = row_of_due(due, outcome.of, outcome.today)
            word = "Now possible" if due.modality is Modality.PERMISSION else "Now open"
            yield f"{word}: {_named(due, outcome)}. {due_words(row)}."


def _named(due: Due, outcome: Outcome | ProgramOutcome) -> str:
    more = about(row_of_due(due, outcome.of, outcome.today))
    return f"{title(due.rule)}{f' ({more})' if more else ''}"
