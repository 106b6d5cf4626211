"""Import people and the positions that they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office, Person, Position
from operations.actor import office_day
from operations.hands.refuse_position import administrators
from operations.records.bad_rows import EachRow, ImportResult, ToldRow, unseen
from operations.records.close_import import close_import, lock_imports
from operations.records.read_cells import Cells, Notes, OfficeBook, name_key
from operations.records.read_table import Columns, Table, shorten
from operations.refusals import Refused
from policy.rights import Role

PEOPLE_COLUMNS = Columns(
    known=("slack_id", "name", "email", "position", "office", "from", "until", "acting_for"),
    required=("slack_id", "name"),
)

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{8,}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ROLES = {name_key(role.value): role for role in Role}


@dataclass(frozen=True, slots=True)
class _Held:
    """What a row says of a position; a day that the file leaves out is None."""

    role: Role
    office: Office
    held_from: date | None
    held_until: date | None
    #: The Slack id of the official whose designee the person is.
    acting_for: str | None

    @property
    def key(self) -> tuple[str, int, str | None]:
        return self.role.value, self.office.id, self.acting_for

    def overlaps(self, held_from: date | None, held_until: date | None) -> bool:
        """Whether both are held on some day."""
        starts, ends = self.held_from or date.min, self.held_until or date.max
        return starts <= (held_until or date.max) and (held_from or date.min) <= ends


@dataclass(frozen=True, slots=True)
class _Entry:
    cells: Cells
    slack_id: str
    name: str
    email: str | None
    held: _Held | None

    @property
    def label(self) -> str:
        """The person, and the position that this row is about."""
        return f"{self.name}, {self.held.role.value}, {self.held.office.name}" if self.held else self.name


def import_people(session: Session, table: Table, *, by: str, now: datetime, each: EachRow = unseen) -> ImportResult:
    """Enter people with one position a row, or change what is known of them; nobody is ever removed.

    A position that begins on no stated day begins on the day of entry at its office.

    Raises:
        BadRows: A row is wrong; nothing was written.
        Refused: The last administrator of the National Office would be gone.
    """
    lock_imports(session)
    administered = _administered(session, now)
    notes = Notes(table)
    book = OfficeBook(session.scalars(select(Office).order_by(Office.id)))
    people = {person.slack_id: person for person in session.scalars(select(Person).order_by(Person.id))}
    entries = [entry for row in table.rows if (entry := _read(Cells(row, notes), book))]
    _refuse_contradictions(entries)
    _refuse_unknown_officials(entries, people)
    notes.stop_if_bad()

    created: list[str] = []
    unchanged: list[str] = []
    changed: dict[str, list[str]] = {}
    new = _write_people(session, entries, people, changed)
    told: list[ToldRow] = []
    for entry in entries:
        each()
        outcome = _write_position(session, entry, people, now)
        added = outcome == ["new"] or entry.slack_id in new
        told.append(
            ToldRow(entry.cells.line, entry.label, None if added else (*changed.get(entry.label, ()), *outcome))
        )
        if added:
            created.append(entry.label)
        elif outcome:
            changed[entry.label] = [*changed.get(entry.label, []), *outcome]
        elif entry.label not in changed:
            unchanged.append(entry.label)
    session.flush()
    for office in administered - _administered(session, now):
        raise Refused(
            f"{table.file} would end the position of the last administrator of {office.name}: give it to somebody else "
            "first, or leave “until” empty in that row."
        )
    warnings = tuple(notes.warnings)
    result = ImportResult(tuple(created), tuple(changed), tuple(unchanged), warnings, len(table.rows), tuple(told))
    return close_import(session, table, result, what="people", changes=changed, by=by, now=now)


def _administered(session: Session, now: datetime) -> set[Office]:
    """Return the offices at the top that somebody administers today, with no last day."""
    tops = session.scalars(select(Office).where(Office.parent_id.is_(None)))
    return {top for top in tops if administrators(session, top, office_day(now, top.timezone))}


def _read(cells: Cells, book: OfficeBook) -> _Entry | None:
    slack_id = cells.text("slack_id", required=True).upper()
    if slack_id and not _SLACK_ID.fullmatch(slack_id):
        cells.refuse("slack_id", f"“{shorten(slack_id)}” is not a Slack member id such as U012AB3CD")
    name = cells.text("name", required=True)
    email = cells.text("email")
    if email and not _EMAIL.fullmatch(email):
        cells.refuse("email", f"“{shorten(email)}” is not an e-mail address")
    held = _read_position(cells, book, slack_id)
    return _Entry(cells, slack_id, name, email or None, held) if slack_id and name else None


def _read_position(cells: Cells, book: OfficeBook, slack_id: str) -> _Held | None:
    position, place = cells.text("position"), cells.text("office")
    held_from, held_until = cells.day("from"), cells.day("until")
    acting_for = cells.text("acting_for").upper() or None
    if not position:
        for column in ("office", "from", "until", "acting_for"):
            if cells.text(column):
                cells.refuse("position", f"is missing, although there is something under “{column}”")
                break
        return None
    role = _ROLES.get(name_key(position))
    if role is None:
        cells.refuse("position", f"“{shorten(position)}” is none of {', '.join(Role)}")
    office = book.find(place) if place else None
    if not place:
        cells.refuse("office", "is missing")
    elif office is None:
        cells.refuse("office", book.unknown(place))
    if held_from and held_until and held_until < held_from:
        cells.refuse("until", f"{held_until.isoformat()} lies before {held_from.isoformat()}")
    if acting_for == slack_id:
        cells.refuse("acting_for", "nobody is their own designee")
    return _Held(role, office, held_from, held_until, acting_for) if role and office else None


def _refuse_contradictions(entries: list[_Entry]) -> None:
    """Refuse rows of one person that differ in name or e-mail, and a position that stands there twice."""
    first_of: dict[str, _Entry] = {}
    earlier: dict[tuple[str, tuple[str, int, str | None]], list[_Entry]] = {}
    for entry in entries:
        first = first_of.setdefault(entry.slack_id, entry)
        if entry.name != first.name:
            entry.cells.refuse("name", f"{entry.slack_id} is “{shorten(first.name)}” on line {first.cells.line}")
        if entry.email != first.email:
            entry.cells.refuse("email", f"differs from the one of {entry.slack_id} on line {first.cells.line}")
        if entry.held is None:
            continue
        same = earlier.setdefault((entry.slack_id, entry.held.key), [])
        for other in same:
            if other.held and entry.held.overlaps(other.held.held_from, other.held.held_until):
                entry.cells.refuse("position", f"stands on line {other.cells.line} already")
                break
        same.append(entry)


def _refuse_unknown_officials(entries: list[_Entry], people: dict[str, Person]) -> None:
    known = set(people) | {entry.slack_id for entry in entries}
    for entry in entries:
        if entry.held and entry.held.acting_for and entry.held.acting_for not in known:
            reason = f"nobody has the Slack id “{shorten(entry.held.acting_for)}”"
            entry.cells.refuse("acting_for", reason)


def _write_people(
    session: Session, entries: list[_Entry], people: dict[str, Person], changed: dict[str, list[str]]
) -> set[str]:
    """Write names and addresses, put new people into `people`, and return the Slack ids of those."""
    new = set()
    has_email = any("email" in entry.cells.row.cells for entry in entries)
    for entry in {entry.slack_id: entry for entry in reversed(entries)}.values():
        person = people.get(entry.slack_id)
        if person is None:
            people[entry.slack_id] = Person(slack_id=entry.slack_id, name=entry.name, email=entry.email)
            session.add(people[entry.slack_id])
            new.add(entry.slack_id)
            continue
        if person.name != entry.name:
            person.name = entry.name
            changed.setdefault(entry.label, []).append("name")
        if has_email and person.email != entry.email:
            person.email = entry.email
            changed.setdefault(entry.label, []).append("email")
    session.flush()
    return new


def _write_position(session: Session, entry: _Entry, people: dict[str, Person], now: datetime) -> list[str]:
    """Write the position of a row; return ["new"] or the columns in which it differed from the records."""
    held = entry.held
    if held is None:
        return []
    official = people[held.acting_for] if held.acting_for else None
    acting_for_id = official.id if official else None
    person = people[entry.slack_id]
    known = session.scalars(
        select(Position)
        .where(
            Position.person_id == person.id,
            Position.office_id == held.office.id,
            Position.role == held.role.value,
            Position.acting_for_id.is_not_distinct_from(acting_for_id),
        )
        .order_by(Position.held_from)
    ).all()
    position = next((p for p in known if p.held_from == held.held_from), None) or next(
        (p for p in known if held.overlaps(p.held_from, p.held_until)), None
    )
    if position is None:
        session.add(
            Position(
                person_id=person.id,
                office_id=held.office.id,
                role=held.role.value,
                held_from=held.held_from or min(office_day(now, held.office.timezone), held.held_until or date.max),
                held_until=held.held_until,
                acting_for_id=acting_for_id,
            )
        )
        return ["new"]
    changed = []
    if held.held_from and position.held_from != held.held_from:
        position.held_from = held.held_from
        changed.append("from")
    if "until" in entry.cells.row.cells and position.held_until != held.held_until:
        position.held_until = held.held_until
        changed.append("until")
    return changed
