"""Import alliances with their offices, signatories, agreements and ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.alliances import Alliance, Ending, Signatory
from models.names import FormerName
from models.offices import Office
from operations.actor import Actor, office_day
from operations.records.bad_rows import EachRow, ImportResult, ToldRow, unseen
from operations.records.close_import import close_import, lock_imports
from operations.records.merge_alliance import (
    Merge,
    merge_of,
    new_agreement,
    new_ending,
    ranked_offices,
    write_merge,
)
from operations.records.open_alliance import lock_alliances
from operations.records.read_alliances import ALLIANCE_COLUMNS, Entry, read_alliances
from operations.records.read_cells import Notes, name_key
from operations.records.read_table import Table
from operations.records.refuse_foreign import refuse_foreign

__all__ = ["ALLIANCE_COLUMNS", "import_alliances"]


def import_alliances(
    session: Session,
    table: Table,
    *,
    by: str,
    now: datetime,
    tracked_from: date | None = None,
    may: Actor | None = None,
    each: EachRow = unseen,
) -> ImportResult:
    """Enter the alliances of a table, or change those whose name is known.

    Nothing on record is taken away: what the file no longer names is told as a warning.
    `tracked_from` holds for new alliances only; None: the day of entry at the lead office. `may` is whose rights
    count; None: somebody at the terminal, who holds the records in hand.

    Raises:
        BadRows: A row is wrong, or not the person's to import; nothing was written.
        NotAllowed: No row is the person's to import.
    """
    lock_imports(session)
    lock_alliances(session, None)
    notes = Notes(table)
    entries = read_alliances(table, session.scalars(select(Office).order_by(Office.id)), notes, now=now)
    merges = _merges(session, entries, tracked_from)
    if may is not None:
        refuse_foreign(session, entries, merges, may)
    notes.stop_if_bad()

    created: list[str] = []
    unchanged: list[str] = []
    changed: dict[str, list[str]] = {}
    told: list[ToldRow] = []
    for entry in entries:
        each()
        merge = merges.get(entry.cells.line)
        if merge is None:
            _create(session, entry, now=now, tracked_from=tracked_from)
            created.append(entry.name)
        elif columns := write_merge(session, merge):
            changed[entry.name] = columns
        else:
            unchanged.append(entry.name)
        differs = None if merge is None else tuple(changed.get(entry.name, ()))
        told.append(ToldRow(entry.cells.line, entry.name, differs))
    session.flush()
    warnings = tuple(notes.warnings)
    result = ImportResult(tuple(created), tuple(changed), tuple(unchanged), warnings, len(table.rows), tuple(told))
    return close_import(session, table, result, what="alliances", changes=changed, by=by, now=now)


def _merges(session: Session, entries: list[Entry], tracked_from: date | None) -> dict[int, Merge]:
    """Return, by line of the file, the entries whose alliances are on record."""
    keys = {name_key(entry.name) for entry in entries}
    by_name = {key: id for key, id in _ids_by_name(session).items() if key in keys}
    ids = list(by_name.values())
    found = session.scalars(
        select(Alliance)
        .where(Alliance.id.in_(ids))
        .options(
            selectinload(Alliance.offices),
            selectinload(Alliance.signatories),
            selectinload(Alliance.agreements),
        )
        .execution_options(populate_existing=True)
    )
    by_id = {alliance.id: alliance for alliance in found}
    known = {key: by_id[id] for key, id in by_name.items()}
    ends = {end.alliance_id: end for end in session.scalars(select(Ending).where(Ending.alliance_id.in_(ids)))}
    merges = {}
    for entry in entries:
        if alliance := known.get(name_key(entry.name)):
            merges[entry.cells.line] = merge_of(entry, alliance, ends.get(alliance.id))
            if tracked_from not in {None, alliance.tracked_from}:
                day = alliance.tracked_from.isoformat()
                entry.cells.warn("name", f"is entered already and stays tracked from {day}")
    return merges


def _ids_by_name(session: Session) -> dict[str, int]:
    """Return the alliances by their names: one of before, or of an emptied entry, gives way to one of today."""
    former = session.execute(select(FormerName.alliance_id, FormerName.name).where(FormerName.alliance_id.is_not(None)))
    names = {name_key(name): int(id) for id, name in former if id is not None}
    there = session.execute(select(Alliance.id, Alliance.name).where(Alliance.merged_into_id.is_(None)))
    return names | {name_key(name): id for id, name in there}


def _create(session: Session, entry: Entry, *, now: datetime, tracked_from: date | None) -> None:
    alliance = Alliance(
        name=entry.name,
        level=entry.level.value,
        tracked_from=tracked_from or office_day(now, entry.offices[0].timezone),
        source=entry.source or None,
        created_at=now,
        offices=ranked_offices(entry),
        signatories=[Signatory(name=name) for name in entry.participants],
        agreements=[new_agreement(signing, renewal=place > 0) for place, signing in enumerate(entry.signings)],
    )
    session.add(alliance)
    session.flush()
    if entry.ending:
        session.add(new_ending(alliance.id, entry.ending))
