"""What was on record of the program as a whole at a past moment; see `operations.read.known_on`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.audit import AuditEntry
from models.plans import CoordinatorCall
from models.settlements import Waiver
from operations.gather_program import gather_program
from operations.read.known_before import WAIVER, read_waiver
from operations.read.known_on import Known, end_of
from policy import facts as f

RECORDED, WITHDRAWN = "coordinator-call:recorded", "coordinator-call:withdrawn"


def gather_known_program(session: Session, on: date) -> Known | None:
    """Gather what was on record of the program at the end of a day; None before its first alliance was."""
    of = gather_program(session)
    if of is None:
        return None
    until = end_of(on, of.timezone)
    everything = session.execute(select(Alliance.created_at, Alliance.tracked_from)).all()
    entered = [tracked_from for created_at, tracked_from in everything if created_at < until]
    if not entered:
        return None
    chosen = of.facts.tracked_from != min(tracked_from for _, tracked_from in everything)
    tracked_from = of.facts.tracked_from if chosen else min(entered)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == of.subject).order_by(AuditEntry.seq)).all()
    calls = {*_calls(session, until), *_calls_taken_back(entries, until)}
    given = select(Waiver).where(Waiver.alliance_id.is_(None), Waiver.recorded_at < until)
    waived = {(row.rule, row.subject, row.period) for row in session.scalars(given)}
    waivers = [w for w in of.facts.waivers if (w.rule, w.subject, w.period) in waived]
    waivers += _waivers_taken_back(entries, until)
    known = replace(of.facts, tracked_from=tracked_from, calls=tuple(sorted(calls)), waivers=tuple(waivers))
    return Known(replace(of, facts=known), ())


def _calls(session: Session, until: datetime) -> Iterator[date]:
    yield from session.scalars(select(CoordinatorCall.on_day).where(CoordinatorCall.recorded_at < until))


def _calls_taken_back(entries: Sequence[AuditEntry], until: datetime) -> Iterator[date]:
    """Yield the days of the calls that were on record then and were taken back since."""
    recorded = {entry.data["call"]: entry.at for entry in entries if entry.action == RECORDED}
    for entry in entries:
        if entry.action == WITHDRAWN and entry.at >= until and recorded.get(entry.data["call"], until) < until:
            yield date.fromisoformat(entry.data["on"])


def _waivers_taken_back(entries: Sequence[AuditEntry], until: datetime) -> Iterator[f.Waiver]:
    """Yield the waivers that held then and were taken back since."""
    for entry in entries:
        taken_back = entry.action == WAIVER and entry.at >= until and "subject_of" in entry.data
        if taken_back and datetime.fromisoformat(entry.data["recorded_at"]) < until:
            yield read_waiver(entry.data)
