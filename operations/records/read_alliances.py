"""Read the rows of a table of alliances, and judge each by itself and against the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.offices import Office
from operations.actor import office_day
from operations.records.read_cells import Cells, Notes, OfficeBook, name_key, tidy
from operations.records.read_table import Columns, Table, shorten
from policy.facts import EndingKind, Level
from policy.parameters import initial_term_years, renewal_term_bounds

ALLIANCE_COLUMNS = Columns(
    known=(
        "name",
        "participants",
        "level",
        "offices",
        "signed",
        "renewed",
        "ambassador",
        "concluded",
        "source",
        "term_years",
    ),
    required=("name", "level", "offices", "signed"),
)

#: What the database holds to be a term at all; what the directive asks for is warned of.
LONGEST_TERM = 50

#: The kinds of lead offices that are usual at each level.
USUAL_KINDS = {
    Level.NATIONAL: ("national", "directorate"),
    Level.REGIONAL: ("region",),
    Level.AREA: ("area",),
}


@dataclass(frozen=True, slots=True)
class Signing:
    """A signed agreement; the term is None where the file has none."""

    signed_on: date
    term_years: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One good row; only complete once `Notes.stop_if_bad` let it pass."""

    cells: Cells
    name: str
    level: Level
    #: The lead office first.
    offices: tuple[Office, ...]
    participants: tuple[str, ...]
    #: In order of date, the original first.
    signings: tuple[Signing, ...]
    ending: tuple[EndingKind, date] | None
    source: str


def read_alliances(table: Table, offices: Iterable[Office], notes: Notes, *, now: datetime) -> list[Entry]:
    """Read all rows; what is wrong stands in the notes, and a row with a mistake may be missing."""
    book = OfficeBook(offices)
    lines: dict[str, int] = {}
    entries = []
    for row in table.rows:
        cells = Cells(row, notes)
        entry = _read(cells, book, now)
        name = tidy(row["name"])
        if first := lines.get(name_key(name)):
            cells.refuse("name", f"“{shorten(name)}” stands on line {first} already")
        elif name:
            lines[name_key(name)] = cells.line
        if entry:
            entries.append(entry)
    return entries


def _read(cells: Cells, book: OfficeBook, now: datetime) -> Entry | None:
    name = cells.text("name", required=True)
    level = _level(cells)
    offices = _offices(cells, book)
    # Without an office there is no local day; any day on earth is then good enough to find 3019.
    today = office_day(now, offices[0].timezone if offices else "Pacific/Kiritimati")
    signings = _signings(cells, today)
    ending = _ending(cells, [signing.signed_on for signing in signings], today)
    participants = _participants(cells)
    source = " ; ".join(cells.values("source"))
    if not (name and level and offices and signings):
        return None
    if offices[0].kind not in USUAL_KINDS[level]:
        cells.warn("level", f"an alliance of the level “{level}” is led by “{offices[0].name}” ({offices[0].kind})")
    return Entry(cells, name, level, tuple(offices), tuple(participants), tuple(signings), ending, source)


def _level(cells: Cells) -> Level | None:
    text = cells.text("level", required=True)
    if not text:
        return None
    try:
        return Level(text.casefold())
    except ValueError:
        cells.refuse("level", f"“{shorten(text)}” is none of {', '.join(Level)}")
        return None


def _offices(cells: Cells, book: OfficeBook) -> list[Office]:
    texts = cells.values("offices")
    if not texts:
        cells.refuse("offices", "is missing")
    offices: list[Office] = []
    for text in texts:
        office = book.find(text)
        if office is None:
            cells.refuse("offices", book.unknown(text))
        elif office in offices:
            cells.refuse("offices", f"“{shorten(text)}” is named twice")
        else:
            offices.append(office)
    return offices


def _participants(cells: Cells) -> list[str]:
    names: dict[str, str] = {}
    for name in cells.values("participants"):
        if name_key(name) in names:
            cells.refuse("participants", f"“{shorten(name)}” is named twice")
        names.setdefault(name_key(name), name)
    return list(names.values())


def _signings(cells: Cells, today: date) -> list[Signing]:
    """Return the agreements in order of date; empty when a date among them is wrong."""
    original = cells.day("signed", required=True)
    renewals = cells.days("renewed")
    terms = _terms(cells, [original, *renewals])
    good = original is not None and None not in renewals
    for column, day in [("signed", original), *(("renewed", day) for day in renewals)]:
        if day is not None and day > today:
            cells.refuse(column, f"{day.isoformat()} lies in the future; enter it once it is signed")
    seen: set[date] = set()
    for day in renewals:
        if day is None or original is None:
            continue
        if day in seen or day == original:
            cells.refuse("renewed", f"{day.isoformat()} stands there twice")
        elif day < original:
            cells.refuse("renewed", f"{day.isoformat()} lies before the signing of {original.isoformat()}")
        seen.add(day)
    if not good:
        return []
    days = [day for day in [original, *renewals] if day is not None]
    signings = [Signing(day, term) for day, term in zip(days, terms, strict=True)]
    return sorted(signings, key=lambda signing: signing.signed_on)


def _terms(cells: Cells, days: list[date | None]) -> list[int | None]:
    """Return the terms in the order of the file: of the original, then of each renewal as it stands there."""
    text = cells.text("term_years")
    parts = [part.strip() for part in text.split(";")] if text else [""] * len(days)
    if len(parts) != len(days):
        reason = f"the agreements are {len(days)}, the terms {len(parts)}; write one for each, in their order"
        cells.refuse("term_years", reason)
        return [None] * len(days)
    terms = [_term(cells, part) for part in parts]
    for place, (term, day) in enumerate(zip(terms, days, strict=True)):
        if term is not None and day is not None:
            _warn_of_term(cells, term, day, renewal=place > 0)
    return terms


def _term(cells: Cells, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        cells.refuse("term_years", f"“{shorten(text)}” is not a whole number of years")
        return None
    years = int(text) if len(text) <= len(str(LONGEST_TERM)) else 0
    if not 1 <= years <= LONGEST_TERM:
        cells.refuse("term_years", f"{shorten(text)} years are no term; 1 to {LONGEST_TERM} can be entered")
        return None
    return years


def _warn_of_term(cells: Cells, years: int, day: date, *, renewal: bool) -> None:
    initial = initial_term_years(day)
    shortest, longest = renewal_term_bounds(day)
    if renewal and not shortest <= years <= longest:
        usual = f"a renewal's term is {shortest} to {longest} years"
    elif not renewal and years != initial:
        usual = f"an initial term is {initial} years"
    else:
        return
    cells.warn("term_years", f"{usual} (VII.B); the {years} of {day.isoformat()} is kept as history")


def _ending(cells: Cells, signed: list[date], today: date) -> tuple[EndingKind, date] | None:
    ambassador, concluded = cells.day("ambassador"), cells.day("concluded")
    if cells.text("ambassador") and cells.text("concluded"):
        cells.refuse("concluded", "an alliance that became an Ambassador has ended already; give one of the two")
        return None
    for column, kind, day in [
        ("ambassador", EndingKind.AMBASSADOR, ambassador),
        ("concluded", EndingKind.CONCLUDED, concluded),
    ]:
        if day is None:
            continue
        if day > today:
            cells.refuse(column, f"{day.isoformat()} lies in the future; enter it once it has happened")
        elif signed and day < signed[-1]:
            cells.refuse(column, f"{day.isoformat()} lies before the signing of {signed[-1].isoformat()}")
        return kind, day
    return None
