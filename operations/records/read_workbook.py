"""Read the first sheet of an XLSX workbook as text."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from operations.refusals import Refused

#: A small archive can unpack to gigabytes.
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 100


def grid_of_workbook(file: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet with their numbers; dates are written as ISO 8601.

    Raises:
        Refused: It is no workbook, is damaged, or is too large.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except BadZipFile as error:
        raise Refused(f"{file} is damaged; save it again as XLSX or CSV.") from error
    if not is_workbook:
        raise Refused(f"{file} is no table; save it as XLSX or CSV.")
    if unpacked > MAX_UNPACKED_BYTES:
        raise Refused(f"{file} is too large when unpacked; split it.")
    try:
        rows = cells_of_first_sheet(content)
    except Exception as error:  # openpyxl fails in any way on a damaged workbook
        raise Refused(f"{file} cannot be read as a workbook; save it again as XLSX or CSV.") from error
    if len(rows) > MAX_ROWS:
        raise Refused(f"{file} has more than {MAX_ROWS:,} lines; split it.")
    for line, cells in enumerate(rows, start=1):
        yield line, [text_of(cell) for cell in cells]


def cells_of_first_sheet(content: bytes) -> list[tuple[Any, ...]]:
    """Return the values of the first sheet, formulas as their last result."""
    with warnings.catch_warnings():
        # What openpyxl cannot show (styles, drop-down lists) is of no interest here.
        warnings.simplefilter("ignore")
        workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            # The stored size of a sheet may be wrong; without it every row is read.
            sheet.reset_dimensions()
            return list(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True))
        finally:
            workbook.close()


def text_of(cell: object) -> str:
    """Write a value as a person would have typed it into a CSV file."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell).strip()
