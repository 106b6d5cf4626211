"""The one message of an import: how far it is, what it would record row by row, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.blocks import Json, actions, button, confirm, context, paragraphs, safe, section
from bot.outcomes import undo_button
from operations.records.bad_rows import BadRow, ImportResult, ToldRow
from operations.records.imports import RECORD, ImportShown
from policy.import_state import CANCELLABLE, ImportState

#: Rows that are said in the message; a file beside it has all of them.
SHOWN = 20
REASON_CHARACTERS = 250
NOTHING_NEW = "Everything in it is on record already: there is nothing to import."
LATER = "You can take it back as a whole as long as nothing has been built on it."


def row_words(row: ToldRow) -> str:
    """Say what a row does."""
    if row.changed is None:
        return "new"
    return f"changes {', '.join(dict.fromkeys(row.changed))}" if row.changed else "is on record so already"


def found_good(result: ImportResult) -> dict[str, Any]:
    """Return what is kept of rows that are all good: the numbers, and the first that do something."""
    doing = [row for row in result.told if row.changed != ()] or list(result.told)
    return {
        "rows": result.rows,
        "new": len(result.created),
        "changed": len(result.changed),
        "unchanged": len(result.unchanged),
        "lines": [f"Row {row.line}: *{safe(row.name)}* {row_words(row)}" for row in doing[:SHOWN]],
        "left": max(0, len(doing) - SHOWN),
        "warnings": [safe(_row(warning), REASON_CHARACTERS) for warning in result.warnings[:SHOWN]],
        "more_warnings": max(0, len(result.warnings) - SHOWN),
    }


def found_bad(rows: tuple[BadRow, ...]) -> dict[str, Any]:
    """Return what is kept of rows of which some are wrong: how many, and the first mistakes."""
    return {
        "mistakes": len(rows),
        "lines": [f"Row {row.line}, {safe(row.column)}: {safe(row.reason, REASON_CHARACTERS)}" for row in rows[:SHOWN]],
        "left": max(0, len(rows) - SHOWN),
    }


def import_message(shown: ImportShown, progress: str | None = None) -> tuple[str, list[Json]]:
    """Return the text and the blocks of an import's message; `progress` where it is at work."""
    lines = list(_lines(shown, progress))
    blocks = [section(text) for text in paragraphs(lines)]
    if shown.state is ImportState.SHOWN:
        all_of_them = " A file in this message's thread says it of every row." if shown.found.get("marked") else ""
        blocks.append(context(f"Nothing is written yet. {LATER}{all_of_them}"))
    if buttons := list(_buttons(shown)):
        blocks.append(actions(*buttons))
    return "\n".join(lines), blocks


def _lines(shown: ImportShown, progress: str | None) -> Iterator[str]:
    name, found = f"*{safe(shown.file)}*", shown.found
    at_work = f" ({progress})" if progress else ""
    match shown.state:
        case ImportState.ASKED:
            yield f"{name} is being read{at_work}."
        case ImportState.SHOWN:
            yield f"{name} would record {shown.what}: {_numbers(found)}."
            yield from _rows(found)
        case ImportState.CONFIRMED:
            yield f"{name} is being imported{at_work}. Nothing of it stands before all of it does."
        case ImportState.DONE:
            yield f"{name} is imported, {shown.what}: {_numbers(found)}."
            yield from _rows(found)
            yield LATER if shown.reason is None else f"It cannot be taken back as a whole: {safe(shown.reason, 500)}"
        case ImportState.REFUSED:
            yield f"Nothing of {name} is written: {_why(shown)}"
            yield from _rows(found if shown.reason is None else {})
            if shown.reason is None:
                where = ", marked in the file in this message's thread," if found.get("marked") else ""
                yield f"Mend these rows{where} and import the file again."
        case ImportState.CANCELLED:
            yield f"{name} was stopped: nothing of it is written."
        case ImportState.UNDOING:
            yield f"{name} is being taken back{at_work}."
        case ImportState.UNDONE:
            yield f"{name} was taken back as a whole: everything is as before."


def _why(shown: ImportShown) -> str:
    if shown.reason is not None:
        return safe(shown.reason, 1000)
    number = shown.found.get("mistakes", 0)
    return "one mistake." if number == 1 else f"{number:,} mistakes."


def _numbers(found: Any) -> str:
    rows = found.get("rows", 0)
    told = f"{rows:,} {'row' if rows == 1 else 'rows'}"
    return (
        f"{told}; {found.get('new', 0):,} new, {found.get('changed', 0):,} changed, "
        f"{found.get('unchanged', 0):,} on record so already"
    )


def _rows(found: Any) -> Iterator[str]:
    yield from (f"•  {line}" for line in found.get("lines", ()))
    if found.get("left"):
        yield f"and {found['left']:,} more."
    yield from (f"•  Please look at it: {warning}" for warning in found.get("warnings", ()))
    if found.get("more_warnings"):
        yield f"and {found['more_warnings']:,} more to look at."


def _buttons(shown: ImportShown) -> Iterator[Json]:
    id, found = str(shown.id), shown.found
    if shown.state is ImportState.SHOWN:
        number = found.get("new", 0) + found.get("changed", 0)
        ask = confirm("Import these rows?", f"{number:,} are written, all or none. {LATER}", "Import")
        label = f"Import {number:,} {'row' if number == 1 else 'rows'}"
        yield button(label, "confirm:import", id, about=shown.file, style="primary", confirm=ask)
    if shown.state in CANCELLABLE:
        yield button("Cancel", "cancel:import", id, about=shown.file)
    if shown.state is ImportState.DONE:
        yield undo_button(f"{RECORD}:{id}", about=shown.file)


def _row(warning: str) -> str:
    """Leave the file's name out of a warning, which the message says once."""
    return (warning.partition(", line ")[2] and f"row {warning.partition(', line ')[2]}") or warning
