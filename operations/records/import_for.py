"""Import a table for a person, with their rights; the same reading and writing as at the terminal."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from operations.actor import Actor, require
from operations.change_closures import top_office
from operations.records.bad_rows import EachRow, ImportResult, unseen
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.import_people import PEOPLE_COLUMNS, import_people
from operations.records.read_table import Columns, Table
from operations.remind.check_rules import check_rules
from policy.rights import Verb


class Imported(StrEnum):
    """What can be imported."""

    ALLIANCES = "alliances"
    PEOPLE = "people"
    OFFICES = "offices"


COLUMNS: dict[Imported, Columns] = {
    Imported.ALLIANCES: ALLIANCE_COLUMNS,
    Imported.PEOPLE: PEOPLE_COLUMNS,
    Imported.OFFICES: OFFICE_COLUMNS,
}


def import_for(
    session: Session,
    *,
    what: Imported,
    table: Table,
    by: Actor,
    now: datetime,
    each: EachRow = unseen,
    tried: bool = False,
) -> ImportResult:
    """Import a table; `tried` where it is rolled back and the duties that it brings are not asked for.

    Whoever works for an office imports its alliances; offices and people are for an administrator of the National
    Office.

    Raises:
        BadRows: A row is wrong, or not the person's to import; nothing was written.
        Refused: The table as a whole cannot be imported.
        NotAllowed: Nothing of it is theirs to import.
    """
    importing: Any = partial(import_alliances, may=by, each=each)
    if what is not Imported.ALLIANCES:
        require(session, by, Verb.ADMINISTER, office_codes=[top_office(session).code])
        importing = import_offices if what is Imported.OFFICES else partial(import_people, each=each)
    result: ImportResult = importing(session, table, by=by.name, now=now)
    if not tried and what is not Imported.PEOPLE and (result.created or result.changed):
        # What the new records ask for stands in the same transaction as they do.
        check_rules(session, now=now)
    return result
