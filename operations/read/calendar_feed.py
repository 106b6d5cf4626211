"""What stands in the calendar of an office, an alliance or a person: open duties, and the meetings of the teams."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice, TeamMember
from models.calendars import Installation
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, office_day, offices_below, own_name
from operations.read.calendar_meetings import meeting_entries
from operations.read.duties import Owed, list_due, list_passed_to
from operations.read.mine import read_mine
from policy.calendar_feed import Calendar, Entry, Kind
from policy.duties import Basis, Modality, Status
from policy.rules import RULES
from policy.words import capital
from policy.words import day as spelled

#: How a duty stands, before its title; what is open says nothing.
_STATES = {Status.OVERDUE: "Overdue: ", Status.PAST_TARGET: "Past its target: "}
_ABOUT = "Open duties on the day they are due, and the meetings of the Implementation Teams. Made by Alliance Bot."


class _Kept(NamedTuple):
    """What the last check kept of a duty."""

    changed_at: datetime
    assigned_as: str | None
    office: str


def office_calendar(session: Session, office: Office, *, now: datetime) -> Calendar:
    """Make the calendar of an office with those below it: what `/alliance due` lists for it, and the meetings."""
    failed: list[str] = []
    rows = select(AllianceOffice.alliance_id).join(Office, Office.id == AllianceOffice.office_id)
    ids = list(session.scalars(rows.where(Office.code.in_(offices_below(session, office.code))).distinct()))
    owed = list_due(session, as_of=now, ids=ids, office=office.code, program=True, failed=failed)
    owed += list_passed_to(session, [office.code], as_of=now, failed=failed)
    return _calendar(session, f"Alliances: {office.name}", owed, ids, failed, now=now)


def alliance_calendar(session: Session, alliance: Alliance, *, now: datetime) -> Calendar:
    """Make the calendar of an alliance."""
    failed: list[str] = []
    owed = list_due(session, as_of=now, ids=[alliance.id], failed=failed)
    return _calendar(session, alliance.name, owed, [alliance.id], failed, now=now)


def own_calendar(session: Session, by: Actor, *, now: datetime) -> Calendar:
    """Make a person's own calendar: the duties of `/alliance due`, and the meetings of their offices and teams."""
    failed: list[str] = []
    mine = read_mine(session, by, now=now, failed=failed)
    ids = [one.listed.id for one in mine.alliances]
    on_teams = session.execute(
        select(TeamMember.alliance_id, TeamMember.until, Office.timezone)
        .join(AllianceOffice, (AllianceOffice.alliance_id == TeamMember.alliance_id) & (AllianceOffice.rank == 0))
        .join(Office, Office.id == AllianceOffice.office_id)
        .where(TeamMember.person_id == by.person_id, TeamMember.withdrawn_at.is_(None))
    )
    ids += [id for id, until, timezone in on_teams if until is None or until >= office_day(now, timezone)]
    # Without the names of those for whom they act, which change.
    return _calendar(session, f"Alliances: {own_name(session, by)}", mine.owed, ids, failed, now=now)


def _calendar(
    session: Session, name: str, owed: Iterable[Owed], ids: Sequence[int], failed: list[str], *, now: datetime
) -> Calendar:
    here = session.scalars(select(Installation.id)).one()
    entries = _deadlines(session, owed, here)
    entries += meeting_entries(session, ids, here, now=now)
    gaps = [f"This calendar is not complete. {sentence}" for sentence in dict.fromkeys(failed)]
    return Calendar(name, " ".join([_ABOUT, *gaps]), tuple(sorted(entries, key=lambda e: (str(e.begins)[:10], e.uid))))


def _deadlines(session: Session, owed: Iterable[Owed], here: uuid.UUID) -> list[Entry]:
    """Return the entries of what is still to be done; what is settled is no entry, nor is what may be used or not."""
    found = {o.due.id: o for o in owed if o.due.modality is not Modality.PERMISSION and o.due.status.unsettled}
    rows = session.execute(
        select(Obligation.id, Obligation.changed_at, Obligation.assigned_as, Office.name)
        .join(Office, Office.id == Obligation.office_id)
        .where(Obligation.id.in_(found))
    )
    kept = {id: _Kept(changed_at, assigned_as, office) for id, changed_at, assigned_as, office in rows}
    return [_deadline(o, kept.get(id), here) for id, o in found.items()]


def _deadline(owed: Owed, row: _Kept | None, here: uuid.UUID) -> Entry:
    due, of = owed.due, owed.of
    detail = of.detail(due)
    what = RULES[due.rule].title + (f" ({detail})" if detail else "")
    lines = [f"Owed by: {due.owner}, {of.office_name if row is None else row.office}."]
    if row is not None and row.assigned_as:
        lines.append(f"Assigned to: {row.assigned_as}.")
    target = due.basis is Basis.OFFICE
    kind = "a target of the office, no legal deadline" if target else due.modality.value
    lines.append(f"{capital(due.status.value.replace('-', ' its '))}; {kind}.")
    if due.working_day != due.due_on:
        lines.append(f"The last working day before it is {spelled(due.working_day)}.")
    lines.append(f"By: {'; '.join(clause.name for clause in due.clauses)}.")
    lines.append(f"Why on this day: /alliance why {of.facts.name}")
    return Entry(
        uid=f"duty-{due.id}@{here}",
        kind=Kind.DEADLINE,
        title=f"{_STATES.get(due.status, '')}{of.facts.name}: {what}",
        lines=tuple(lines),
        begins=due.due_on,
        # Where no check has seen it yet, it stands so since the day on which it opened.
        changed_at=datetime.combine(due.opens_on, time(), ZoneInfo(of.timezone)) if row is None else row.changed_at,
    )
