"""Give rows of the records out as a file to somebody who may have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from operations.actor import Actor, office_day, offices_below, require, require_somewhere
from operations.change_closures import top_office
from operations.read.exported import What
from policy.rights import Verb


@dataclass(frozen=True, slots=True)
class GivenExport:
    """What may be written to a file for a person."""

    what: What
    #: Codes of the offices whose rows they are; None: of all.
    offices: frozenset[str] | None
    #: The day in the National Office, for the name of the file.
    on: date


def give_export(
    session: Session, *, what: What, offices: Collection[str] | None, by: Actor, now: datetime
) -> GivenExport:
    """Say what may be handed to this person: rows of these offices (codes) and of those below, or of all (None).

    Who holds a position gets what everybody may read; the audit is for who keeps the records. The audit keeps who got
    what.

    Raises:
        NotAllowed: The person holds no position, or is no administrator of the National Office where it is the audit.
    """
    top = top_office(session)
    if what is What.AUDIT:
        require(session, by, Verb.KEEP_RECORDS, office_codes=[top.code])
        offices = None
    else:
        require_somewhere(by, Verb.VIEW)
    told = {"what": what.value} | ({} if offices is None else {"offices": sorted(offices)})
    audit.record(session, at=now, actor=by.name, action="export:given", subject="program", data=told)
    below = None if offices is None else frozenset(each for code in offices for each in offices_below(session, code))
    return GivenExport(what, below, office_day(now, top.timezone))
