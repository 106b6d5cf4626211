"""Rows as a file: CSV, a workbook, or JSON, written as they come, so that the number of rows costs no memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from documents.cells import neutral

Row = Mapping[str, object]

#: The limits of a workbook's sheet.
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767


class TooLargeError(ValueError):
    """Raised when rows do not fit a workbook; the sentence says which and what to take instead."""


def write_csv(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows as CSV with a first line of names; return how many. No cell is a formula to a spreadsheet."""
    # A spreadsheet takes it for UTF-8 by its mark.
    told = TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(told)
    writer.writerow(columns)
    number = 0
    for row in rows:
        writer.writerow([neutral(words(row.get(name))) for name in columns])
        number += 1
    told.detach()
    return number


def write_json(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows as a JSON list of objects, one a line; return how many."""
    number = 0
    file.write(b"[")
    for number, row in enumerate(rows, 1):
        plain = {name: row.get(name) for name in columns}
        file.write(b",\n" if number > 1 else b"\n")
        file.write(json.dumps(plain, default=words, ensure_ascii=False).encode())
    file.write(b"\n]\n")
    return number


def write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row], *, title: str = "Rows") -> int:
    """Write rows as a workbook of one sheet; return how many.

    Raises:
        TooLargeError: There are more rows than a sheet has, or a cell would lose characters.
    """
    book = Workbook(write_only=True)
    number = add_sheet(book, title, columns, rows)
    book.save(file)
    return number


def add_sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Add a sheet of rows to a workbook that is only written to; return how many."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # reading it needs the workbook first

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(len(name) + 4, 60))
    heads = [WriteOnlyCell(sheet, value=name) for name in columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    number = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise TooLargeError(f"A sheet holds {MOST_ROWS:,} rows and there are more; take csv or json.")
        sheet.append([_cell(row.get(name), number, name) for name in columns])
    return number


def _cell(value: object, number: int, name: str) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    plain = neutral(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", words(value)))
    if len(plain) > MOST_CHARACTERS:
        raise TooLargeError(f"Row {number} says more in {name} than a cell holds; take csv or json.")
    return plain


def words(value: Any) -> str:
    """Return a value as text: times in ISO 8601, lists and objects as JSON, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    return str(value)


#: By the ending of the file.
WRITERS: Mapping[str, Callable[[BinaryIO, Sequence[str], Iterable[Row]], int]] = {
    "csv": write_csv,
    "json": write_json,
    "xlsx": write_xlsx,
}
