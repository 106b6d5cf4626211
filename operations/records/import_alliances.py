"""Import alliances with their offices, signatories, agreements and ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.alliances import Agreement, Alliance, AllianceOffice, Ending, Signatory
from models.offices import Office
from operations.actor import office_day
from operations.records.bad_rows import ImportResult
from operations.records.close_import import close_import, lock_imports
from operations.records.read_alliances import Entry, Signing, read_alliances
from operations.records.read_cells import Notes, name_key
from operations.records.read_table import Table
from policy.editions import edition_on

IMPORTED = "as imported"


def import_alliances(
    session: Session, table: Table, *, by: str, now: datetime, tracked_from: date | None = None
) -> ImportResult:
    """Enter the alliances of a table, or change those whose name is known.

    Nothing on record is taken away: what the file no longer names is told as a warning.
    `tracked_from` holds for new alliances only; None: the day of entry at the lead office.

    Raises:
        BadRows: A row is wrong; nothing was written.
    """
    lock_imports(session)
    notes = Notes(table)
    entries = read_alliances(table, session.scalars(select(Office).order_by(Office.id)), notes, now=now)
    known = _known(session, {name_key(entry.name) for entry in entries})
    ends = {ending.alliance_id: ending for ending in session.scalars(select(Ending))}
    for entry in entries:
        if alliance := known.get(name_key(entry.name)):
            _judge(entry, alliance, ends.get(alliance.id))
    notes.stop_if_bad()

    created, unchanged, changed = [], [], {}
    for entry in entries:
        alliance = known.get(name_key(entry.name))
        if alliance is None:
            _create(session, entry, now=now, tracked_from=tracked_from)
            created.append(entry.name)
        elif told := _change(session, entry, alliance, ends.get(alliance.id)):
            changed[entry.name] = told
        else:
            unchanged.append(entry.name)
        if alliance is not None and tracked_from not in (None, alliance.tracked_from):
            entry.cells.warn("name", f"is entered already and stays tracked from {alliance.tracked_from.isoformat()}")
    session.flush()
    result = ImportResult(
        tuple(created), tuple(changed), tuple(unchanged), tuple(notes.warnings), len(table.rows)
    )
    return close_import(session, table, result, what="alliances", changes=changed, by=by, now=now)


def _known(session: Session, keys: set[str]) -> dict[str, Alliance]:
    """Return the alliances on record that bear one of the names."""
    ids = [id for id, name in session.execute(select(Alliance.id, Alliance.name)) if name_key(name) in keys]
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
    return {name_key(alliance.name): alliance for alliance in found}


def _create(session: Session, entry: Entry, *, now: datetime, tracked_from: date | None) -> None:
    alliance = Alliance(
        name=entry.name,
        level=entry.level.value,
        tracked_from=tracked_from or office_day(now, entry.offices[0].timezone),
        source=entry.source or None,
        created_at=now,
        offices=_ranked(entry),
        signatories=[Signatory(name=name) for name in entry.participants],
        agreements=[
            _agreement(signing, renewal=place > 0) for place, signing in enumerate(entry.signings)
        ],
    )
    session.add(alliance)
    session.flush()
    if entry.ending:
        kind, day = entry.ending
        session.add(Ending(alliance_id=alliance.id, kind=kind.value, ended_on=day, reason=IMPORTED))


def _ranked(entry: Entry) -> list[AllianceOffice]:
    return [AllianceOffice(office_id=office.id, rank=rank) for rank, office in enumerate(entry.offices)]


def _agreement(signing: Signing, *, renewal: bool) -> Agreement:
    return Agreement(
        signed_on=signing.signed_on,
        renewal=renewal,
        term_years=signing.term_years,
        edition=edition_on(signing.signed_on).name,
    )


def _judge(entry: Entry, alliance: Alliance, end: Ending | None) -> None:
    """Note where a good row contradicts the records of its alliance."""
    cells = entry.cells
    original = next((agreement for agreement in alliance.agreements if not agreement.renewal), None)
    in_file = {signing.signed_on for signing in entry.signings}
    on_record = {agreement.signed_on for agreement in alliance.agreements}
    for day in sorted(on_record - in_file):
        if day != entry.signings[0].signed_on and not (original and _moves(entry, alliance, original, day)):
            cells.warn("renewed", f"the signing of {day.isoformat()} is on record but not in the file; it stays")
    first = entry.signings[0].signed_on
    kept = [a.signed_on for a in alliance.agreements if not (original and _moves(entry, alliance, original, a.signed_on))]
    if first not in on_record and kept and min(kept) < first:
        cells.refuse(
            "signed", f"{first.isoformat()} lies after the agreement of {min(kept).isoformat()} that is on record"
        )
    last = max(on_record | in_file)
    ending = entry.ending[1] if entry.ending else None
    if ending and last > ending:
        cells.refuse(
            "concluded", f"{ending.isoformat()} lies before the agreement of {last.isoformat()} that is on record"
        )
    if end is None:
        return
    if entry.ending is None:
        cells.warn("concluded", f"it ended on {end.ended_on.isoformat()} according to the records; that stays")
        if last > end.ended_on:
            cells.refuse("renewed", f"{last.isoformat()} lies after the end of {end.ended_on.isoformat()} on record")


def _moves(entry: Entry, alliance: Alliance, original: Agreement, day: date) -> bool:
    """Whether the file corrects the date of the original signing, which this day is."""
    in_file = {signing.signed_on for signing in entry.signings}
    on_record = {agreement.signed_on for agreement in alliance.agreements}
    return day == original.signed_on and day not in in_file and entry.signings[0].signed_on not in on_record
