"""What is wrong with a file that somebody wants to import, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from operations.refusals import Refused


@dataclass(frozen=True, slots=True)
class BadRow:
    """One mistake in one cell; `line` is the line of the file on which the row begins."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.column}: {self.reason}"


class BadRows(Refused):
    """Nothing of the file was written; `rows` holds every mistake, in the order of the lines."""

    def __init__(self, rows: list[BadRow]) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: row.line))
        count = "one mistake" if len(self.rows) == 1 else f"{len(self.rows)} mistakes"
        head = f"Nothing was imported: {self.rows[0].file} has {count}."
        super().__init__("\n".join([head, *map(str, self.rows)]))


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What one row of a file does; `changed` None: it is new, empty: it is on record so already."""

    line: int
    name: str
    changed: tuple[str, ...] | None


#: Called for each row that is written; may raise to stop.
EachRow = Callable[[], None]


def unseen() -> None:
    """Watch no row."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did; names are as written in the file, warnings name their line and column."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    warnings: tuple[str, ...]
    #: Rows read, header and blank lines not counted.
    rows: int
    #: Each row by itself, in the order of the file.
    told: tuple[ToldRow, ...] = ()
