"""Refuse the rows of a table of alliances that are not a person's to import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.offices import Office
from operations.actor import Actor, allowed, office_day, require
from operations.records.merge_alliance import Merge
from operations.records.read_alliances import Entry
from policy.rights import Verb

#: Why a signing is not taken from a file: approvals stand before it.
_BY_PROCEDURE = "since records are kept here a signing goes through its approvals; record it with /alliance procedure"


def refuse_foreign(session: Session, entries: Sequence[Entry], merges: Mapping[int, Merge], by: Actor) -> None:
    """Note the rows that a person may not import: of other offices, or of a signing that has to be approved here.

    Raises:
        NotAllowed: None of them is theirs.
    """
    codes = {id: code for id, code in session.execute(select(Office.id, Office.code))}  # noqa: C416 - a Row
    theirs = _Rights(session, by)
    began = session.scalar(select(func.min(AuditEntry.at)))
    good = 0
    for entry in entries:
        merge = merges.get(entry.cells.line)
        lead = entry.offices[0]
        standing = () if merge is None else tuple(codes[each.office_id] for each in merge.alliance.offices)
        there = standing or (lead.code,)
        if not theirs.may(Verb.IMPORT, there):
            entry.cells.refuse("offices", f"you may not import alliances of the office {there[0]}")
            continue
        good += 1
        wanted = tuple(office.code for office in entry.offices)
        if merge is not None and there != wanted and not theirs.may(Verb.REARRANGE, there):
            entry.cells.refuse(
                "offices", "you may not move an alliance to another office; its offices stay as they are"
            )
        _refuse_signings(entry, merge, theirs, began)
    if entries and not good:
        require(session, by, Verb.IMPORT, office_codes=[office.code for office in entries[0].offices])


class _Rights:
    """What a person may do for which offices, each asked for once."""

    def __init__(self, session: Session, by: Actor) -> None:
        self._session = session
        self._by = by
        self._known: dict[tuple[Verb, tuple[str, ...]], bool] = {}

    def may(self, verb: Verb, codes: tuple[str, ...]) -> bool:
        """Whether the person may do this for one of these offices."""
        key = verb, codes
        if key not in self._known:
            self._known[key] = allowed(self._session, self._by, verb, office_codes=codes)
        return self._known[key]


def _refuse_signings(entry: Entry, merge: Merge | None, theirs: _Rights, began: datetime | None) -> None:
    lead = entry.offices[0]
    if theirs.may(Verb.ADMINISTER, (lead.code,)):
        return
    known = set() if merge is None else {agreement.signed_on for agreement in merge.alliance.agreements}
    since = date.max if began is None else office_day(began, lead.timezone)
    for place, signing in enumerate(entry.signings):
        if signing.signed_on not in known and signing.signed_on >= since:
            entry.cells.refuse("renewed" if place else "signed", f"{signing.signed_on.isoformat()}: {_BY_PROCEDURE}")
