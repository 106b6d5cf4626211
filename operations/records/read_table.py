"""Read a CSV or XLSX file into rows of text, each with the line on which it begins."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from rapidfuzz import process

from operations.records.bad_rows import BadRow, BadRows
from operations.records.read_workbook import grid_of_workbook
from operations.refusals import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000

#: Two-byte text without a byte order mark shows itself by its zero bytes.
_NUL_SHARE = 0.2
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\n', re.IGNORECASE)
_CLOSE_ENOUGH = 60
_FAULTS_TOLD = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of file may have, and those that it must have."""

    known: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `row["column"]` is its trimmed text, empty where the cell or column is missing."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: its rows, and the SHA-256 of its bytes."""

    file: str
    digest: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(file: str, content: bytes, columns: Columns) -> Table:
    """Read the bytes of a file that is named `file` in every sentence about it.

    Raises:
        Refused: It is empty, too large, no table, or its header names other columns.
        BadRows: Rows hold more cells than the header has columns.
    """
    if len(content) > MAX_BYTES:
        raise Refused(f"{file} is larger than 20 MB; split it.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(f"{file} is an old or password-protected Excel file; save it as XLSX or CSV.")
    if content.startswith(b"PK\x03\x04"):
        grid = grid_of_workbook(file, content)
    else:
        grid = grid_of_text(file, decode(file, content), columns)
    filled = ((line, cells) for line, cells in no_control_characters(file, grid) if any(cells))
    header = next(filled, None)
    if header is None:
        raise Refused(f"{file} is empty.")
    names = header_names(file, header[1], columns)
    rows = tuple(named_rows(file, names, filled))
    if not rows:
        raise Refused(f"{file} holds a header and no rows.")
    return Table(
        file=file,
        digest=hashlib.sha256(content).hexdigest(),
        columns=tuple(name for name in names if name),
        rows=rows,
    )


def decode(file: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows' Western European code page."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.count(0) > len(content) * _NUL_SHARE:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Refused(f"{file} is neither text in UTF-8, UTF-16 or Windows-1252 nor XLSX; save it as CSV UTF-8.")


def grid_of_text(file: str, text: str, columns: Columns) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of delimited text with the line on which each begins."""
    skipped = 0
    if named := _SEPARATOR_LINE.match(text):
        delimiter, text, skipped = named[1], text[named.end() :], 1
    else:
        delimiter = max(",;\t", key=lambda candidate: columns_found(text, candidate, columns))
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(
                f"{file}, line {line}: a cell in quotation marks is not closed properly, or is far too long."
            ) from error
        if line > MAX_ROWS:
            raise Refused(f"{file} has more than {MAX_ROWS:,} lines; split it.")
        yield line, [cell.strip() for cell in cells]


def columns_found(text: str, delimiter: str, columns: Columns) -> int:
    """Count the known columns that the first filled line names when it is cut at the delimiter."""
    first = next((line for line in StringIO(text) if line.strip()), "")
    return sum(cell.strip().strip('"').strip().casefold() in columns.known for cell in first.split(delimiter))


def no_control_characters(file: str, grid: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Pass the rows on until one holds what no text holds, which the database could not store either."""
    for line, cells in grid:
        if any(_NO_TEXT.search(cell) for cell in cells):
            raise Refused(f"{file}, line {line}: there are characters that are no text; save it as CSV UTF-8.")
        yield line, cells


def header_names(file: str, header: list[str], columns: Columns) -> list[str]:
    """Return the column names of the header, trimmed and in lower case; "" for a column without a name."""
    names = [" ".join(cell.split()).casefold() for cell in header]
    known = ", ".join(columns.known)
    if not set(names) & set(columns.known):
        raise Refused(f"{file} is not such a table: its first line names none of the columns {known}.")
    doubled = [name for name, count in Counter(names).items() if name and count > 1]
    unknown = [name for name in dict.fromkeys(names) if name and name not in columns.known]
    missing = [name for name in columns.required if name not in names]
    faults = [
        *(f"has the column “{shorten(name)}” twice" for name in doubled),
        *(f"has the unknown column “{shorten(name)}”{closest(name, columns.known)}" for name in unknown),
        *(f"lacks the column “{name}”" for name in missing),
    ]
    if faults:
        raise Refused(f"{file} {'; '.join(faults[:_FAULTS_TOLD])}. The columns of such a file are {known}.")
    return names


def closest(name: str, known: tuple[str, ...]) -> str:
    """Return " (did you mean …?)" when a known column is spelled much like this one."""
    found = process.extractOne(name, known, score_cutoff=_CLOSE_ENOUGH)
    return f" (did you mean “{found[0]}”?)" if found else ""


def shorten(text: str, length: int = 60) -> str:
    """Cut what somebody wrote so that a sentence can quote it."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def named_rows(file: str, names: list[str], grid: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    """Yield each row with its cells under the names of the header.

    Raises:
        BadRows: Cells stand where the header has no name; all such rows are told.
    """
    reason = "more cells than named columns; a cell that holds the separator needs quotation marks"
    bad = []
    for line, cells in grid:
        nameless = [i for i, cell in enumerate(cells) if cell and (i >= len(names) or not names[i])]
        bad += [BadRow(file, line, f"column {i + 1}", reason) for i in nameless[:1]]
        yield Row(line, dict.fromkeys(names, "") | dict(zip(names, cells, strict=False)))
    if bad:
        raise BadRows(bad)
