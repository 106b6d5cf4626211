"""The program as a picture: duties done in time by office and region, days late, people reached by emphasis area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office
from models.work import Activity
from operations.actor import office_day, offices_below
from operations.gather_facts import Gathered, gather
from operations.refusals import Refused
from operations.remind.recipients import line_of
from policy.compliance import Compliance, counted
from policy.dates import State, state_on, year_of
from policy.duties import Modality, Period, Status
from policy.fiscal import fiscal_name, fiscal_year
from policy.ladder import REGION
from policy.program_picture import UNNAMED, Area, Picture, Unit, View

#: The Alliance Program began in fiscal year 2002.
FIRST_YEAR = 2002


def read_picture(
    session: Session, office_code: str, *, view: View = View.FISCAL, year: int | None = None, now: datetime
) -> Picture:
    """Read the picture of an office and the offices below it, by the duties as last checked.

    A fiscal `year` that is over is shown as of its last day, the one that runs as of today; agreement years are
    those that run on that day.

    Raises:
        Refused: There is no such office, or no such year yet.
    """
    offices = {office.id: office for office in session.scalars(select(Office))}
    top = next((office for office in offices.values() if office.code == office_code), None)
    if top is None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    today = office_day(now, top.timezone)
    running = fiscal_year(today).last.year
    if year is not None and not FIRST_YEAR <= year <= running:
        raise Refused(f"Choose a fiscal year from {FIRST_YEAR} to {running}.", field="year")
    on = today if year is None else min(today, date(year, 9, 30))
    codes = offices_below(session, office_code)
    ours = {id: office for id, office in offices.items() if office.code in codes}
    led = select(AllianceOffice.alliance_id).where(AllianceOffice.rank == 0, AllianceOffice.office_id.in_(list(ours)))
    alliances = {of.facts.id: of for of in gather(session, session.scalars(led).all(), terms_only=True)}
    years = {id: _year(of, view, on) for id, of in alliances.items()}
    regions = {id: _region(office, offices, top) for id, office in ours.items()}
    units = {id: Unit(office.code, office.name, regions[id].name) for id, office in ours.items()}
    for of in alliances.values():
        active = state_on(of.facts, on) in {State.ACTIVE, State.PAST_DUE}
        units[of.office_id] = replace(units[of.office_id], alliances=units[of.office_id].alliances + active)
    for office_id, compliance in _compliance(session, ours, years, on, over=on < today).items():
        units[office_id] = replace(units[office_id], compliance=compliance)
    done = _activities(session, alliances, years, on)
    for id, _, reached in done:
        unit = units[alliances[id].office_id]
        more = {"activities": unit.activities + 1, "reached": unit.reached + (reached or 0)}
        units[alliances[id].office_id] = replace(unit, **more)  # type: ignore[arg-type]  # both are numbers
    period = fiscal_year(on)
    return Picture(
        top.name,
        top.code,
        view,
        fiscal_name(period) if view is View.FISCAL else "agreement years",
        period if view is View.FISCAL else None,
        on,
        _by_region(units, regions, top),
        tuple(sorted(filter(_shown, units.values()), key=lambda unit: (unit.region, unit.name))),
        _areas(done),
        len(done),
        sum(reached or 0 for _, _, reached in done),
        sum(reached is None for _, _, reached in done),
    )


def _year(of: Gathered, view: View, on: date) -> Period | None:
    """Return the year of an alliance that is looked at; None before its signing."""
    if view is View.FISCAL:
        return fiscal_year(on)
    return year_of(of.facts, of.facts.agreements[0].signed_on, on) if of.facts.agreements else None


def _region(office: Office, offices: Mapping[int, Office], top: Office) -> Office:
    return next((above for above in line_of(office, offices) if above.kind == REGION), top)


def _compliance(
    session: Session, ours: Iterable[int], years: Mapping[int, Period | None], on: date, *, over: bool
) -> dict[int, Compliance]:
    """Count the duties of each office that fell due in the year; those of the program go by the fiscal year."""
    first = min(year.first for year in (fiscal_year(on), *years.values()) if year is not None)
    rows = session.execute(
        select(
            Obligation.office_id,
            Obligation.alliance_id,
            Obligation.due_on,
            Obligation.modality,
            Obligation.settled,
            Obligation.settled_on,
        ).where(Obligation.office_id.in_(list(ours)), Obligation.due_on.between(first, on))
    )
    found: dict[int, Compliance] = defaultdict(Compliance)
    for office_id, alliance_id, due_on, modality, settled, settled_on in rows:
        # A duty that an office owes for an alliance of another goes by the fiscal year, too.
        year = fiscal_year(on) if alliance_id is None else years.get(alliance_id, fiscal_year(on))
        if year is not None and due_on in year:
            status = None if settled is None else Status(settled)
            found[office_id] += counted(due_on, Modality(modality), status, settled_on, on, over=over)
    return found


def _activities(
    session: Session, alliances: Mapping[int, Gathered], years: Mapping[int, Period | None], on: date
) -> list[tuple[int, tuple[str, ...], int | None]]:
    """List what was done in the year: (alliance, emphasis areas, people reached)."""
    first = min((year.first for year in years.values() if year is not None), default=on)
    rows = session.execute(
        select(Activity.alliance_id, Activity.emphasis, Activity.reached, Activity.on_day).where(
            Activity.alliance_id.in_(list(alliances)),
            Activity.withdrawn_at.is_(None),
            Activity.on_day.between(first, on),
        )
    )
    return [
        (id, tuple(areas), reached)
        for id, areas, reached, day in rows
        if id in alliances and (year := years[id]) is not None and day in year
    ]


def _by_region(units: Mapping[int, Unit], regions: Mapping[int, Office], top: Office) -> tuple[Unit, ...]:
    found: dict[int, Unit] = {}
    for id, unit in units.items():
        region = regions[id]
        sum_ = found.get(region.id, Unit(region.code, region.name, region.name))
        found[region.id] = replace(
            sum_,
            alliances=sum_.alliances + unit.alliances,
            compliance=sum_.compliance + unit.compliance,
            activities=sum_.activities + unit.activities,
            reached=sum_.reached + unit.reached,
        )
    # What the office at the top leads itself stands last.
    ordered = sorted(found.items(), key=lambda one: (one[0] == top.id, one[1].name))
    return tuple(unit for _, unit in ordered if _shown(unit)) or tuple(found.values())[:1]


def _shown(unit: Unit) -> bool:
    """Whether there is anything to say of an office: units that lead no alliance are left out."""
    return bool(unit.alliances or unit.compliance.due or unit.activities)


def _areas(done: Iterable[tuple[int, tuple[str, ...], int | None]]) -> tuple[Area, ...]:
    found: dict[str, list[int]] = {}
    for _, areas, reached in done:
        for name in dict.fromkeys(areas or (UNNAMED,)):
            counts = found.setdefault(name, [0, 0])
            counts[0] += 1
            counts[1] += reached or 0
    areas_ = (Area(name, activities, reached) for name, (activities, reached) in found.items())
    return tuple(sorted(areas_, key=lambda area: (area.name == UNNAMED, -area.reached, area.name)))
