"""Show an office: what it set, what it takes from above, when it is reminded next, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz, process, utils
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.alliances import AllianceOffice
from models.offices import Office, Person, Position
from operations.actor import office_day, office_line
from operations.change_settings import settings_of
from operations.closures import read_closures
from operations.flat_settings import NAMES, defaults
from operations.office_settings import ROOT_ONLY
from operations.refusals import Refused
from operations.remind.office_schedules import usable_schedule
from policy.sending_times import DEFAULT_SCHEDULE, next_send

#: How many of the next sending times are told.
NEXT_SENDS = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it holds for an office."""

    name: str
    value: Any
    #: Whether the office set it itself.
    own: bool
    #: Name of the office above that set it; None where the office itself did, or nobody.
    above: str | None
    #: What would hold if the office had set nothing, and the name of the office that set that, if any.
    inherited: Any
    inherited_from: str | None


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """All that one look at an office shows."""

    code: str
    name: str
    kind: str
    #: Name of the office above; None at the top.
    above: str | None
    timezone: str
    today: date
    #: When its next messages are planned, as moments.
    sends: tuple[datetime, ...]
    settings: tuple[Setting, ...]
    #: (position, name, the official for whom the person acts or None), by position.
    people: tuple[tuple[str, str, str | None], ...]
    #: How many alliances it leads itself.
    alliances: int

    @property
    def root(self) -> bool:
        """Whether it stands at the top, where the settings of the whole program are."""
        return self.above is None

    def __getitem__(self, name: str) -> Setting:
        """Return the setting of that name."""
        return next(setting for setting in self.settings if setting.name == name)


def show_office(session: Session, code: str, *, now: datetime) -> OfficeCard:
    """Show an office as it is set today.

    Raises:
        Refused: There is no such office.
    """
    office = session.scalar(select(Office).where(Office.code == code))
    if office is None:
        raise Refused(f"There is no office with the code “{code}”.", field="office")
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    line = [(code, _with_dates(settings_of(session, code))) for code in office_line(session, office.id)]
    today = office_day(now, office.timezone)
    settings = _settings(line, names, today)
    return OfficeCard(
        code=office.code,
        name=office.name,
        kind=office.kind,
        above=names[line[1][0]] if len(line) > 1 else None,
        timezone=office.timezone,
        today=today,
        sends=_sends(session, usable_schedule(code, office.schedule), office.timezone, now),
        settings=settings,
        people=_people(session, office.id, today),
        alliances=session.scalar(
            select(func.count()).where(AllianceOffice.office_id == office.id, AllianceOffice.rank == 0)
        )
        or 0,
    )


def closest_offices(session: Session, words: str, *, limit: int = 5) -> list[tuple[str, str]]:
    """List (code, name) of the offices whose name or code is most like some words, the best first."""
    there = Office.kind != "external", Office.closed_on.is_(None)
    known = session.execute(select(Office.code, Office.name).where(*there)).all()
    labels = {f"{name} {code}": (code, name) for code, name in known}
    found = process.extract(
        words, labels.keys(), scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=60
    )
    return [labels[label] for label, *_ in found]


def _settings(line: list[tuple[str, dict[str, Any]]], names: dict[str, str], today: date) -> tuple[Setting, ...]:
    given = defaults(today) | {"schedule": DEFAULT_SCHEDULE, "channel": None}
    (_, own), *above = line
    made = []
    for name in NAMES:
        if name in ROOT_ONLY and above:
            continue
        if name.startswith(("days_before.", "chains.")) and name not in given and not any(name in s for _, s in line):
            continue  # the days of this rule are those of every rule without days of its own, the chain the directive's
        # The schedule is each office's own; everything else is taken from above.
        higher = [] if name == "schedule" else [(code, set_[name]) for code, set_ in above if name in set_]
        inherited, inherited_from = (higher[0][1], names[higher[0][0]]) if higher else (given.get(name), None)
        if name in own:
            made.append(Setting(name, own[name], True, None, inherited, inherited_from))
        else:
            made.append(Setting(name, inherited, False, inherited_from, inherited, inherited_from))
    return tuple(made)


def _with_dates(own: dict[str, Any]) -> dict[str, Any]:
    """Let the day and the history of a number of meetings be those of the office that set the number."""
    if "meetings_required" not in own:
        return own
    return {"meetings_required_since": None, "meetings_required_before": None} | own


def _sends(session: Session, schedule: str, timezone: str, now: datetime) -> tuple[datetime, ...]:
    closures, moments = read_closures(session), [now]
    for _ in range(NEXT_SENDS):
        moments.append(next_send(schedule, timezone, moments[-1], closures))
    return tuple(moments[1:])


def _people(session: Session, office_id: int, today: date) -> tuple[tuple[str, str, str | None], ...]:
    official = aliased(Person)
    rows = session.execute(
        select(Position.role, Person.name, official.name)
        .join(Person, Person.id == Position.person_id)
        .outerjoin(official, official.id == Position.acting_for_id)
        .where(
            Position.office_id == office_id,
            Position.held_from <= today,
            func.coalesce(Position.held_until, today) >= today,
        )
        .order_by(Position.role, Person.name)
    )
    return tuple((role, name, acting_for) for role, name, acting_for in rows)
