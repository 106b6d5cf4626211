"""Read the cells of one row, and note every mistake instead of stopping at the first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Final

from rapidfuzz import fuzz, process, utils

from models.offices import Office
from operations.records.bad_rows import BadRow, BadRows
from operations.records.read_table import Row, Table, shorten

MAX_CHARACTERS = 300

#: The day on which OSHA came into being: nothing of it was signed earlier.
FIRST_DAY: Final = date(1971, 4, 28)
#: A day that far ahead is a slip of the key.
LAST_YEAR = 2200

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00(?::00)?)?", re.ASCII)
_US = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})", re.ASCII)


class Notes:
    """Mistakes and warnings of one file, gathered while its rows are read."""

    def __init__(self, table: Table) -> None:
        self.file = table.file
        self.bad: list[BadRow] = []
        self.warnings: list[str] = []

    def refuse(self, line: int, column: str, reason: str) -> None:
        """Note a mistake: nothing of the file will be written."""
        self.bad.append(BadRow(self.file, line, column, reason))

    def warn(self, line: int, column: str, reason: str) -> None:
        """Note something that a person should look at; the row is imported all the same."""
        self.warnings.append(str(BadRow(self.file, line, column, reason)))

    def stop_if_bad(self) -> None:
        """Raise what was noted.

        Raises:
            BadRows: At least one mistake was noted.
        """
        if self.bad:
            raise BadRows(self.bad)


class Cells:
    """The cells of one row; a cell that cannot be read is noted and counts as empty."""

    def __init__(self, row: Row, notes: Notes) -> None:
        self.row = row
        self.line = row.line
        self.notes = notes

    def refuse(self, column: str, reason: str) -> None:
        """Note a mistake in this row."""
        self.notes.refuse(self.line, column, reason)

    def warn(self, column: str, reason: str) -> None:
        """Note a warning about this row."""
        self.notes.warn(self.line, column, reason)

    def text(self, column: str, *, required: bool = False) -> str:
        """Return the text of a cell, spaces and line ends folded to single spaces."""
        text = tidy(self.row[column])
        if required and not text:
            self.refuse(column, "is missing")
        return self._within_length(column, text)

    def values(self, column: str) -> list[str]:
        """Return the values of a cell that holds several, separated by semicolons."""
        parts = [tidy(part) for part in self.row[column].split(";")]
        return [self._within_length(column, part) for part in parts if part]

    def _within_length(self, column: str, text: str) -> str:
        if len(text) > MAX_CHARACTERS:
            self.refuse(column, f"“{shorten(text)}” has {len(text):,} characters; {MAX_CHARACTERS} are the most")
        return text

    def day(self, column: str, *, required: bool = False) -> date | None:
        """Return the date of a cell."""
        text = self.text(column, required=required)
        return self._day(column, text) if text else None

    def days(self, column: str) -> list[date | None]:
        """Return the dates of a cell that holds several; None in the place of one that is none."""
        return [self._day(column, value) for value in self.values(column)]

    def _day(self, column: str, text: str) -> date | None:
        day = day_of(text)
        if day is None:
            self.refuse(column, f"“{shorten(text)}” is not a date; write 2023-02-28 or 2/28/2023 (month, day, year)")
        elif day < FIRST_DAY or day.year > LAST_YEAR:
            self.refuse(column, f"“{shorten(text)}” cannot be right: the year is {day.year}")
            day = None
        return day


def tidy(text: str) -> str:
    """Fold white space to single spaces, and composed and decomposed accents to one form."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: letter case and width do not count."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    # The database folds the dotted capital I to a plain i.
    return " ".join(folded.replace("i\u0307", "i").split())


def day_of(text: str) -> date | None:
    """Return the day that ISO 8601 or the American order names; None when it names none."""
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _US.fullmatch(text):
        year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


#: What people leave out of the name of an office.
_KIND = re.compile(r" (area office|district office|regional office|region|office)$")


class OfficeBook:
    """Finds offices by code or name, also without “Area Office” and the like where that names one office alone."""

    def __init__(self, offices: Iterable[Office]) -> None:
        self.offices = list(offices)
        self._by_key: dict[str, Office] = {}
        self._by_id = {office.id: office for office in self.offices}
        for office in self.offices:
            self._by_key.setdefault(name_key(office.name), office)
        for office in self.offices:
            # Spreadsheets drop the zeros at the front of a code.
            self._by_key.setdefault(name_key(office.code.lstrip("0")), office)
        for office in self.offices:
            self._by_key[name_key(office.code)] = office
        self._by_short: dict[str, list[Office]] = {}
        for office in self.offices:
            if office.closed_on is None:
                self._by_short.setdefault(_KIND.sub("", name_key(office.name)), []).append(office)

    def find(self, text: str) -> Office | None:
        """Return the office with this code or name, letter case aside; for a closed one that which took over."""
        found = self._by_key.get(name_key(text))
        if found is None and len(short := self._by_short.get(name_key(text), [])) == 1:
            found = short[0]
        while found is not None and found.successor_id is not None:
            found = self._by_id[found.successor_id]
        return found

    def unknown(self, text: str) -> str:
        """Say that there is no such office, and which come closest."""
        if not self.offices:
            return f"there is no office “{shorten(text)}”; import the offices first"
        labels = {f"{office.name} ({office.code})": None for office in self.offices}
        found = process.extract(
            shorten(text), labels.keys(), scorer=fuzz.WRatio, processor=utils.default_process, limit=3
        )
        return f"there is no office “{shorten(text)}”; the closest are {', '.join(label for label, *_ in found)}"
