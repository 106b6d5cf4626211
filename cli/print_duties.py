"""Print duties as a table for people, as JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.options import Format
from documents.cells import neutral
from models.alliances import Alliance
from operations.read.duties import Owed
from policy.duties import Basis, Due, Modality, Status
from policy.explain import as_json
from policy.meeting_year import meeting_words
from policy.rules import RULES
from policy.words import count
from policy.words import day as spelled


def print_duties(owed: Sequence[Owed], form: Format, *, on: date, empty: str, heading: str | None = None) -> None:
    """Print what is owed on a day; people read `heading` above the table, and `empty` when nothing is owed."""
    if form is Format.JSON:
        typer.echo(json.dumps([*map(_plain, owed)], indent=2, ensure_ascii=False))
    elif form is Format.CSV:
        _print_csv([*map(_plain, owed)])
    elif not owed:
        typer.echo(empty)
    else:
        if heading is not None:
            typer.echo(f"{heading}\n")
        _print_table(
            ("due", "working day", "standing", "alliance", "office", "what", "clause"),
            [
                (
                    "" if o.due.modality is Modality.PERMISSION else o.due.due_on.isoformat(),
                    _earlier(o.due),
                    _marked(o.due, on) + (", advisory" if o.due.modality is Modality.ADVISORY else ""),
                    shorten(o.of.facts.name, 40),
                    o.of.facts.offices[0],
                    _what(o),
                    o.due.clauses[0].name,
                )
                for o in owed
            ],
            [o.due.so_far or _meetings(o.due) for o in owed],
        )
        typer.echo(f"\n{count(len(owed), 'duty')}")


def _plain(owed: Owed) -> dict[str, Any]:
    return as_json(owed.of.facts, owed.due, owed.of.detail(owed.due))


def _what(owed: Owed) -> str:
    # How far it has come stands on a line of its own.
    detail = None if owed.due.so_far else owed.of.detail(owed.due)
    return f"{RULES[owed.due.rule].title}{f' ({detail})' if detail else ''}"


def _marked(due: Due, on: date) -> str:
    """Say how a duty stands, and of a day to come whether it is a target."""
    to_come = due.status is Status.OPEN and due.due_on > on
    return f"{'target, ' if to_come and due.basis is Basis.OFFICE else ''}{standing(due, on)}"


def _earlier(due: Due) -> str:
    """Write the last working day before the due date, where the date itself is none."""
    if due.modality is Modality.PERMISSION or due.working_day == due.due_on:
        return ""
    return due.working_day.isoformat()


def say_failed(failed: Sequence[str]) -> None:
    """Say what could not be worked out, after the rest was printed; then the answer of the command is no."""
    for sentence in failed:
        typer.echo(f"This list is not complete. {sentence}", err=True)
    if failed:
        raise typer.Exit(1)


def nothing(session: Session, sentence: str) -> str:
    """Return the sentence for an empty list; with no alliance on record, what to do first."""
    if session.scalar(select(Alliance.id).limit(1)) is None:
        return "No alliance is on record yet: ./run loads a sample, `alliance import alliances FILE` your own."
    return sentence


def standing(due: Due, on: date) -> str:
    """Say how a duty stands on a day, in calendar days: "overdue by 12 days", "5 days to go" to a target."""
    days = abs((due.due_on - on).days)
    match due.status:
        case Status.OPEN if due.modality is Modality.PERMISSION:
            return f"possible since {spelled(due.due_on)}"
        case Status.OVERDUE:
            return f"overdue by {count(days, 'day')}"
        case Status.PAST_TARGET:
            return f"past target by {count(days, 'day')}"
        case Status.OPEN:
            if due.basis is Basis.OFFICE:
                return "target today" if due.due_on == on else f"{count(days, 'day')} to go"
            return "due today" if due.due_on == on else f"due in {count(days, 'day')}"
        case settled:
            return settled.value if due.settled_on is None else f"{settled.value} on {spelled(due.settled_on)}"


def shorten(text: str, length: int) -> str:
    """Cut a text to so many characters, with an ellipsis for what is gone."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _meetings(due: Due) -> str | None:
    """Say under an unsettled duty to meet how its meetings stand, and whether the year is at risk."""
    if due.meetings is None or not due.status.unsettled:
        return None
    return f"{meeting_words(due.meetings)}{'; at risk: ' + str(due.meetings.risk) if due.at_risk else ''}"


def _print_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], notes: Sequence[str | None]) -> None:
    """Print rows in columns, each with its note, if any, on a line of its own."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row, note in zip((head, *rows), (None, *notes), strict=True):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if note is not None:
            typer.echo(f"{'':{widths[0]}}  {note}")


def _print_csv(records: list[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = list(records[0]) if records else ["id", "alliance", "rule", "due_on", "status"]
    writer.writerow(columns)
    for record in records:
        writer.writerow([cell(record[column]) for column in columns])


def cell(value: Any) -> str:
    """Write a value as a cell that no spreadsheet takes for a formula."""
    return neutral(" | ".join(value) if isinstance(value, list) else "" if value is None else str(value))
