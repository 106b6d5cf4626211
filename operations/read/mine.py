"""What is somebody's: the duties and alliances of the offices where they hold a position, and what is asked of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, office_day, offices_below
from operations.gather_facts import Gathered, gather
from operations.gather_program import Owing, gather_program
from operations.read.alliances import Listed, listed
from operations.read.duties import Owed, passed_to, unless_failed
from operations.read.reach import reach
from operations.read.requests import waiting_for
from policy.duties import Due
from policy.meeting_year import MeetingYear


@dataclass(frozen=True, slots=True)
class MyAlliance:
    """An alliance of a person's offices, and how its meetings stand."""

    listed: Listed
    #: The meetings of its agreement year; None where it owes none.
    meetings: MeetingYear | None
    at_risk: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """What is a person's own today."""

    #: Unsettled, in order of due date.
    owed: tuple[Owed, ...]
    #: By name.
    alliances: tuple[MyAlliance, ...]


def read_mine(session: Session, by: Actor, *, now: datetime, failed: list[str] | None = None) -> Mine:
    """Read what is a person's: the National Office counts for the alliances that it leads itself.

    A rule that fails over one alliance stops nothing where `failed` takes its sentence.
    """
    if by.person_id is None:
        return Mine((), ())
    reached = list(reach(session, by))
    below = {code: offices_below(session, code) for code, _ in reached}
    wanted = {office for code, top in reached for office in ({code} if top else below[code])}
    own = set(
        session.scalars(
            select(AllianceOffice.alliance_id)
            .join(Office, Office.id == AllianceOffice.office_id)
            .where(Office.code.in_(wanted))
        )
    )
    held = dict(_held(session, by, [code for code, _ in reached], now=now))
    ids = sorted(own | {id for id in held.values() if id is not None})
    owing: list[Owing] = [*gather(session, ids)] if ids else []
    program = gather_program(session)
    runs = program is not None and any(offices.intersection(program.facts.offices) for offices in below.values())
    owing += [program] if program is not None and (runs or None in held.values()) else []
    owed: list[Owed] = []
    alliances: list[MyAlliance] = []
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    for of in owing:
        on = office_day(now, of.timezone)
        duties = unless_failed(of.duties_on, on, failed=failed)
        mine = runs if of.alliance_id is None else of.alliance_id in own
        owed += [Owed(due, of, on) for due in duties if due.status.unsettled and (mine or due.id in held)]
        if mine and isinstance(of, Gathered):
            alliances.append(_my_alliance(listed(of, names, on, duties), duties))
    return Mine(
        tuple(sorted(owed, key=lambda o: o.order)),
        tuple(sorted(alliances, key=lambda one: one.listed.name.casefold())),
    )


def _held(
    session: Session, by: Actor, codes: Sequence[str], *, now: datetime
) -> Iterator[tuple[uuid.UUID, int | None]]:
    """Yield id and alliance of the duties that are a person's whoever owes them: assigned, passed on, to decide on."""
    assigned = Obligation.assigned_to_id == by.person_id
    rows = session.execute(
        select(Obligation.id, Obligation.alliance_id)
        .join(Office, Office.id == Obligation.office_id)
        .where(or_(assigned, passed_to(codes)), Obligation.settled.is_(None))
    )
    yield from ((id, alliance_id) for id, alliance_id in rows)
    yield from ((row.id, row.alliance_id) for row in waiting_for(session, by.slack_id or "", now=now))


def _my_alliance(line: Listed, duties: Sequence[Due]) -> MyAlliance:
    years = [due.meetings for due in duties if due.meetings is not None]
    meetings = next((year for year in years if year.first <= line.on <= year.last), None)
    return MyAlliance(line, meetings, any(due.at_risk for due in duties))
