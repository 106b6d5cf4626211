"""Import the tree of offices."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from rapidfuzz import process
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import OFFICE_KINDS, Office
from operations.actor import offices_below
from operations.change_settings import usable_channel, usable_line
from operations.flat_settings import lay_over, read_setting, without_columns
from operations.office_settings import read_settings
from operations.records.bad_rows import ImportResult, ToldRow
from operations.records.close_import import close_import, lock_imports
from operations.records.read_cells import Cells, Notes, OfficeBook, name_key
from operations.records.read_table import Columns, Table, shorten
from operations.refusals import Refused
from operations.refuse_times import HOURS, refuse_times

OFFICE_COLUMNS = Columns(
    known=(
        "code",
        "name",
        "kind",
        "parent",
        "city",
        "state",
        "timezone",
        "former_region",
        "channel",
        "schedule",
        "settings",
    ),
    required=("code", "name", "kind", "timezone"),
)

#: Kinds that stand alone: the root of a program, and bodies outside OSHA.
WITHOUT_PARENT = ("national", "external")

_CODE = re.compile(r"[A-Z0-9-]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Entry:
    cells: Cells
    code: str
    #: Columns of the table `offices`, the parent excepted.
    values: dict[str, Any]
    #: As written: a code or a name.
    parent: str


def import_offices(session: Session, table: Table, *, by: str, now: datetime) -> ImportResult:
    """Enter the offices of a table, or change those whose code is known; none is ever removed.

    Raises:
        BadRows: A row is wrong; nothing was written.
        Refused: A schedule would lie outside the hours.
    """
    lock_imports(session)
    notes = Notes(table)
    known = {office.code: office for office in session.scalars(select(Office).order_by(Office.id))}
    entries = [entry for row in table.rows if (entry := _read(Cells(row, notes)))]
    _refuse_doubles(entries, known)
    parents = _parents(entries, known)
    _refuse_cycles(entries, known, parents)
    notes.stop_if_bad()
    created, changed, unchanged = _write(session, entries, known, parents)
    refuse_times(session, _whose_times(session, entries))
    told = tuple(
        ToldRow(entry.cells.line, name, None if entry.code not in known else tuple(changed.get(name, ())))
        for entry in entries
        for name in [str(entry.values["name"])]
    )
    return close_import(
        session,
        table,
        ImportResult(tuple(created), tuple(changed), tuple(unchanged), tuple(notes.warnings), len(table.rows), told),
        what="offices",
        changes=changed,
        by=by,
        now=now,
    )


def _read(cells: Cells) -> _Entry | None:
    code = cells.text("code", required=True).upper()
    if code and not _CODE.fullmatch(code):
        cells.refuse("code", f"“{shorten(code)}” is not 2 to 20 letters, digits and hyphens")
    kind = cells.text("kind", required=True).casefold()
    if kind and kind not in OFFICE_KINDS:
        cells.refuse("kind", f"“{shorten(kind)}” is none of {', '.join(OFFICE_KINDS)}")
    zone = cells.text("timezone", required=True)
    if zone and zone not in _zones():
        found = process.extractOne(shorten(zone), _zones())
        cells.refuse("timezone", f"“{shorten(zone)}” is no time zone; write one such as {found[0]}")
    parent = cells.text("parent")
    if not parent and kind in OFFICE_KINDS and kind not in WITHOUT_PARENT:
        cells.warn("parent", "there is no office above it, so nothing can climb from here")
    values: dict[str, Any] = {
        "name": cells.text("name", required=True),
        "kind": kind,
        "timezone": zone,
        "city": cells.text("city") or None,
        "state": cells.text("state") or None,
        "former_region": cells.text("former_region") or None,
        "channel": _checked(cells, "channel", usable_channel),
        "schedule": _checked(cells, "schedule", usable_line),
        "settings": _settings(cells, root=not parent),
    }
    return _Entry(cells, code, values, parent) if code else None


def _checked(cells: Cells, column: str, check: Callable[[str | None], str | None]) -> str | None:
    try:
        return check(cells.text(column) or None)
    except Refused as refusal:
        cells.refuse(column, refusal.sentence)
        return None


def _settings(cells: Cells, *, root: bool) -> dict[str, Any]:
    """Read all settings of an office, NAME=VALUE parted by semicolons, as they are kept."""
    try:
        wanted = dict(read_setting(text) for text in cells.values("settings"))
        made = read_settings(cells.text("name"), lay_over({}, without_columns(wanted)), root=root)
    except Refused as refusal:
        cells.refuse("settings", refusal.sentence)
        return {}
    return made.model_dump(mode="json", exclude_defaults=True)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _refuse_doubles(entries: list[_Entry], known: dict[str, Office]) -> None:
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    in_file = {entry.code for entry in entries}
    # Offices that the file does not speak of keep their names.
    taken = {name_key(office.name): office.code for office in known.values() if office.code not in in_file}
    for entry in entries:
        cells = entry.cells
        if first := codes.get(entry.code):
            cells.refuse("code", f"{entry.code} stands on line {first} already")
        codes.setdefault(entry.code, cells.line)
        name = str(entry.values["name"])
        if not name:
            continue
        if first := names.get(name_key(name)):
            cells.refuse("name", f"“{shorten(name)}” stands on line {first} already")
        elif code := taken.get(name_key(name)):
            cells.refuse("name", f"“{shorten(name)}” is the name of the office {code}")
        names.setdefault(name_key(name), cells.line)


def _parents(entries: list[_Entry], known: dict[str, Office]) -> dict[str, str]:
    """Return the code of the office above each office of the file; it may stand further down."""
    to_be = [
        *(Office(code=entry.code, name=str(entry.values["name"])) for entry in entries),
        *(office for code, office in known.items() if code not in {entry.code for entry in entries}),
    ]
    book = OfficeBook(to_be)
    parents = {}
    for entry in entries:
        if not entry.parent:
            continue
        parent = book.find(entry.parent)
        if parent is None:
            entry.cells.refuse("parent", book.unknown(entry.parent))
        else:
            parents[entry.code] = parent.code
    return parents


def _refuse_cycles(entries: list[_Entry], known: dict[str, Office], parents: dict[str, str]) -> None:
    by_id = {office.id: office.code for office in known.values()}
    in_file = {entry.code for entry in entries}
    above = {
        code: by_id[office.parent_id]
        for code, office in known.items()
        if office.parent_id is not None and code not in in_file
    } | parents
    for entry in entries:
        line = [entry.code]
        while (code := above.get(line[-1])) is not None:
            if code == entry.code:
                entry.cells.refuse("parent", f"the offices stand in a circle: {' under '.join([*line, code])}")
            if code in line:
                break
            line.append(code)


def _write(
    session: Session, entries: list[_Entry], known: dict[str, Office], parents: dict[str, str]
) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """Write the entries; return the names created, what changed of each name, and the names unchanged."""
    codes = {office.id: office.code for office in known.values()}
    old = [entry for entry in entries if entry.code in known]
    new = [entry for entry in entries if entry.code not in known]
    differing = {entry.code: _differing(entry, known[entry.code], codes, parents) for entry in old}
    for code, columns in differing.items():
        if "name" in columns:
            # Two offices may exchange their names, which the database must never see half done.
            known[code].name = f"{code} is being renamed"
    session.flush()
    for entry in old:
        for column in differing[entry.code]:
            if column != "parent":
                setattr(known[entry.code], column, entry.values[column])
    offices = known | {entry.code: Office(code=entry.code, **entry.values) for entry in new}
    session.add_all(offices.values())
    session.flush()
    for entry in entries:
        if "parent" in entry.cells.row.cells:
            parent = parents.get(entry.code)
            offices[entry.code].parent_id = offices[parent].id if parent else None
    session.flush()
    return (
        [str(entry.values["name"]) for entry in new],
        {str(entry.values["name"]): differing[entry.code] for entry in old if differing[entry.code]},
        [str(entry.values["name"]) for entry in old if not differing[entry.code]],
    )


def _whose_times(session: Session, entries: list[_Entry]) -> set[str]:
    """Return the codes of the offices of a file, and of those below where it sets hours."""
    sets_hours = [entry.code for entry in entries if any(name in entry.values["settings"] for name in HOURS)]
    return {entry.code for entry in entries}.union(*(offices_below(session, code) for code in sets_hours))


def _differing(entry: _Entry, office: Office, codes: dict[int, str], parents: dict[str, str]) -> list[str]:
    """Return the columns in which the file differs from the records; a column it lacks says nothing."""
    there = entry.cells.row.cells
    columns = [column for column, value in entry.values.items() if column in there and getattr(office, column) != value]
    above = codes[office.parent_id] if office.parent_id is not None else None
    if "parent" in there and parents.get(entry.code) != above:
        columns.append("parent")
    return columns
