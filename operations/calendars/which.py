"""Which calendar a key names: "own", "office:0317300", "alliance:7"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.offices import Office
from operations.actor import Actor, office_lines, require
from operations.read.merged import GONE
from operations.refusals import NotAllowed, Refused
from policy.rights import Verb, may

#: The key of the calendar of whoever asks.
OWN = "own"
NO_POSITION = "You hold no position on record, so there is no calendar of your own. An administrator can add it."


@dataclass(frozen=True, slots=True)
class Which:
    """A calendar that somebody may subscribe to; a person's own has neither office nor alliance."""

    office: Office | None = None
    alliance: Alliance | None = None
    #: Codes of the offices whose people, and those above them, may have it.
    codes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What names it."""
        if self.office is not None:
            return f"office:{self.office.code}"
        return OWN if self.alliance is None else f"alliance:{self.alliance.id}"

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        if self.office is not None:
            return self.office.name
        return "your own calendar" if self.alliance is None else self.alliance.name


def which_calendar(session: Session, key: str) -> Which:
    """Return the calendar of a key; what was merged stands for what it was merged into.

    Raises:
        Refused: There is no such office or alliance.
    """
    return which_calendars(session, [key])[key]


def which_calendars(session: Session, keys: Iterable[str]) -> dict[str, Which]:
    """Return the calendars of some keys, with the same few queries for any number of them.

    Raises:
        Refused: One of them names no office or alliance.
    """
    parts = {key: key.partition(":")[::2] for key in keys}
    ids = {int(id) for kind, id in parts.values() if kind == "alliance" and id.isdecimal()}
    alliances = _standing_alliances(session, ids) if ids else {}
    offices: dict[str, Office] = {}
    if any(kind == "office" for kind, _ in parts.values()):
        offices = {office.code: office for office in session.scalars(select(Office))}
    by_id = {office.id: office for office in offices.values()}
    found: dict[str, Which] = {}
    for key, (kind, id) in parts.items():
        office = offices.get(id) if kind == "office" else None
        while office is not None and office.successor_id is not None:
            office = by_id[office.successor_id]
        if key == OWN:
            found[key] = Which()
        elif kind == "alliance" and id.isdecimal():
            found[key] = alliances[int(id)]
        elif office is not None:
            found[key] = of_office(office)
        else:
            raise Refused("There is no such calendar; ask again with /alliance calendar.")
    return found


def _standing_alliances(session: Session, ids: set[int]) -> dict[int, Which]:
    """Return the calendars of alliances, or of those that have their records now, by the ids that are asked for."""
    rows: dict[int, Alliance] = {}
    wanted = set(ids)
    while wanted:
        # Once, and once more for each time that one of them was merged.
        rows |= {row.id: row for row in session.scalars(select(Alliance).where(Alliance.id.in_(wanted)))}
        wanted = {row.merged_into_id for row in rows.values() if row.merged_into_id is not None} - rows.keys()
    if not ids <= rows.keys():
        raise Refused(GONE)
    codes: dict[int, list[str]] = defaultdict(list)
    answering = select(AllianceOffice.alliance_id, Office.code).join(Office, Office.id == AllianceOffice.office_id)
    for id, code in session.execute(
        answering.where(AllianceOffice.alliance_id.in_(rows.keys())).order_by(AllianceOffice.rank)
    ):
        codes[id].append(code)
    found = {}
    for id in ids:
        row = rows[id]
        while row.merged_into_id is not None:
            row = rows[row.merged_into_id]
        found[id] = Which(alliance=row, codes=tuple(codes[row.id]))
    return found


def of_office(office: Office) -> Which:
    """Return the calendar of an office."""
    return Which(office=office, codes=(office.code,))


def of_alliance(session: Session, alliance_id: int) -> Which:
    """Return the calendar of an alliance, or of the one that has its records now.

    Raises:
        Refused: There is no such alliance.
    """
    return _standing_alliances(session, {alliance_id})[alliance_id]


def require_calendar(session: Session, which: Which, by: Actor) -> None:
    """Let pass who may have a calendar: their own, who holds a position; any other, who holds one there or above.

    Raises:
        NotAllowed: The person holds none of them today.
    """
    if which.codes:
        require(session, by, Verb.SUBSCRIBE, office_codes=which.codes)
    elif not by.offices:
        raise NotAllowed(NO_POSITION)


def refused_calendars(session: Session, whiches: Mapping[str, Which], by: Actor) -> dict[str, NotAllowed]:
    """Say of which of these calendars a person may not have, by their keys, with one query where they may have all."""
    lines = office_lines(session, {code for which in whiches.values() for code in which.codes})
    found = {}
    for key, which in whiches.items():
        if any(may(Verb.SUBSCRIBE, by.positions, lines[code]) for code in which.codes):
            continue
        try:
            require_calendar(session, which, by)
        except NotAllowed as refused:
            found[key] = refused
    return found
