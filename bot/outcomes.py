"""What a person is told after something was recorded: what, what it did to the duties, what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from bot.blocks import Json, actions, button, confirm, escaped, paragraphs, safe, section
from bot.duty_words import about, due_words, row_of_due, standing, title
from bot.form_types import Done
from bot.gate_words import marked_blocks
from bot.values import Run
from operations.approve.ask_approval import RECORD as APPROVAL
from operations.read.marked_words import Marked
from operations.records.withdraw_record import record_noun
from operations.remind.ask_decision import RECORD as REQUEST
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.dates import year_of
from policy.duties import Due, Modality, Status
from policy.facts import Facts
from policy.meeting_year import meeting_words
from policy.words import day


def told(done: Done, acted_on: uuid.UUID | None = None) -> str:
    """Return the sentences that confirm a record, in mrkdwn; what was acted on is not what comes next."""
    counted = {due.id for due in _counted(done)}
    said = counted | {acted_on} | {due.id for due in done.outcome.opened}
    lines = [
        done.said,
        *map(escaped, done.outcome.warnings),
        *_counts(done),
        *(_still_open(done, acted_on, counted) if done.next is None else ()),
        *_settled(done),
        *_opened(done.outcome),
        next_line(done.outcome, said) if done.next is None else done.next,
    ]
    return "\n".join(line for line in lines if line)


def told_blocks(
    text: str, record: str | None, marked: Sequence[Marked] = (), *, procedure: int | None = None
) -> list[Json]:
    """Return the blocks of a confirmation; `record` is what the Undo button withdraws.

    `marked` are words of it that wait for a person's decision; `procedure` the alliance whose next step is shown by a
    button.
    """
    blocks = [*map(section, paragraphs(text.split("\n"))), *marked_blocks(marked)]
    buttons = [] if procedure is None else [procedure_button(procedure)]
    if record is not None:
        buttons.append(undo_button(record))
    if buttons:
        blocks.append(actions(*buttons))
    return blocks


def procedure_button(alliance: int) -> Json:
    """Return the button that shows where the procedure of an alliance stands."""
    value = Run(word="procedure", alliance=alliance).model_dump_json(exclude_none=True)
    return button("Show the procedure", "run:procedure", value)


def undo_button(record: str, about: str | None = None) -> Json:
    """Return the button that takes a record back."""
    label = "Withdraw what I asked" if record.partition(":")[0] in {REQUEST, APPROVAL} else "Undo"
    ask = confirm(f"{label}?", "It no longer counts, and stays readable in the history.", label)
    return button(label, "undo:record", record, about=about, confirm=ask)


def undone(outcome: Outcome | ProgramOutcome) -> str:
    """Say that a record was withdrawn, and how the duties stand now."""
    what = record_noun(outcome.record or "")
    text = f"Undone: the {what} of *{safe(outcome.of.facts.name)}* no longer counts."
    return "\n".join(line for line in (text, next_line(outcome)) if line)


def next_line(outcome: Outcome | ProgramOutcome, said: Collection[uuid.UUID | None] = ()) -> str:
    """Say what this alliance owes next, beside what was said already."""
    remaining = [due for due in outcome.remaining if due.id not in said]
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


def _counted(done: Done) -> Iterator[Due]:
    """Yield the duties of which it is said how many meetings they still need."""
    for due in done.outcome.duties:
        told = due.rule in done.rules and due.meetings is not None
        if told and due.period is not None and done.on is not None and done.on in due.period:
            yield due


def _counts(done: Done) -> Iterator[str]:
    for due in _counted(done):
        if due.period is not None and due.meetings is not None:
            running = done.outcome.today in due.period
            year = "This agreement year" if running else f"In the agreement year to {day(due.period.last)}"
            met = " Duty met." if due.status is Status.MET else ""
            yield f"{year}: {meeting_words(due.meetings)}.{met}"


def _still_open(done: Done, acted_on: uuid.UUID | None, counted: Collection[uuid.UUID]) -> Iterator[str]:
    """Yield that what was acted on is not settled by it, where nothing else that is said would tell."""
    of, remaining = done.outcome.of, done.outcome.remaining
    due = next((due for due in remaining if due.id == acted_on), None)
    if due is None or due.id in counted:
        return
    elsewhere = due.meetings is not None and due.rule in done.rules
    if elsewhere and not counted and isinstance(of.facts, Facts):
        yield _year_of_meeting(of.facts, done.on)
    if elsewhere or len(remaining) == 1:
        row = row_of_due(due, of, done.outcome.today)
        yield f"Still open: {_named(due, done.outcome)}. {due_words(row)}; {standing(row)}."


def _year_of_meeting(facts: Facts, on: date | None) -> str:
    """Say to which agreement year a meeting belongs; nothing where none stands on that day."""
    if on is None or all(meeting.on != on for meeting in facts.meetings):
        return ""
    year = year_of(facts, min(agreement.signed_on for agreement in facts.agreements), on)
    return "" if year is None else f"The meeting counts for the agreement year to {day(year.last)}."


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
