"""How the program stands, by region: what the National Office's monthly digest says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Obligation
from models.offices import Office
from operations.actor import offices_below
from operations.gather_facts import Gathered, gather
from operations.read.undeliverable import read_undeliverable
from operations.remind.recipients import line_of
from policy.dates import State, state_on, timeline
from policy.duties import Basis, Modality, Status
from policy.ladder import REGION
from policy.standing import status_while_unsettled

#: Calendar days ahead for the terms that expire.
AHEAD = timedelta(days=180)
OTHER = "other duties"
#: What late duties are counted as.
FAMILIES = {
    "annual-report": "reports",
    "report-handoff": "reports",
    "report-posting": "reports",
    "meetings": "meetings",
    "first-meeting": "meetings",
    "coordinator-call": "meetings",
    "evaluation": "evaluations",
    "renewal-decision": "renewals",
    "extension-terms": "renewals",
}
_LATE = {Status.OVERDUE, Status.PAST_TARGET}


@dataclass(frozen=True, slots=True)
class Unit:
    """A region, or the National Office for what it leads itself."""

    code: str
    name: str
    #: Alliances in effect, or past due and not yet lapsed.
    active: int
    #: Duties that somebody still has to do, and how many of them are late, by family.
    open: int
    late: Mapping[str, int]
    #: What is late of no family, by rule.
    others: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Term:
    """An alliance whose term ends or has ended."""

    alliance: str
    in_effect_until: date
    state: State


@dataclass(frozen=True, slots=True)
class Month:
    """The program on a day, and what was reported in the calendar month before it."""

    on: date
    units: tuple[Unit, ...]
    #: The first day of that month.
    reported_in: date
    #: (alliance, day of its annual report, day by which it was due), in order of the day.
    reported: tuple[tuple[str, date, date], ...]
    expiring: tuple[Term, ...]
    #: Past due or lapsed.
    expired: tuple[Term, ...]
    #: What reached nobody within 30 days, and channels and people out of reach.
    undelivered: int
    out_of_reach: int


def read_month(session: Session, root: Office, on: date, *, now: datetime) -> Month:
    """Read how the program stands that has this office at its top; by the duties as last checked."""
    codes = offices_below(session, root.code)
    offices = {office.id: office for office in session.scalars(select(Office))}
    unit_of = {
        office.id: next((above for above in line_of(office, offices) if above.kind == REGION), root)
        for office in offices.values()
        if office.code in codes
    }
    alliances = [of for of in gather(session, terms_only=True) if of.office_id in unit_of]
    terms = [term for of in alliances for term in _term(of, on)]
    running = Counter(unit_of[of.office_id].id for of in alliances if _state(of, on) in {State.ACTIVE, State.PAST_DUE})
    open_, late, others = _duties(session, {id: unit.id for id, unit in unit_of.items()}, on)
    known = {unit.id: unit for unit in unit_of.values()}
    units = sorted(known.values(), key=lambda unit: (unit.id == root.id, unit.name))
    last = on.replace(day=1) - timedelta(days=1)
    missed = read_undeliverable(session, root, now=now)
    return Month(
        on,
        tuple(
            Unit(u.code, u.name, running[u.id], open_[u.id], late.get(u.id, {}), others.get(u.id, {})) for u in units
        ),
        last.replace(day=1),
        _reported(session, list(unit_of), last.replace(day=1), last),
        tuple(t for t in terms if t.state is State.ACTIVE and t.in_effect_until <= on + AHEAD),
        tuple(t for t in terms if t.state in {State.PAST_DUE, State.LAPSED}),
        sum(len(each.said) or 1 for each in missed.undelivered),
        len(missed.out_of_reach),
    )


def _state(of: Gathered, on: date) -> State:
    return state_on(of.facts, on)


def _term(of: Gathered, on: date) -> list[Term]:
    terms = timeline(of.facts.as_of(on), on).terms
    return [Term(of.facts.name, terms[-1].in_effect_until(on), _state(of, on))] if terms else []


def _duties(
    session: Session, unit_of: Mapping[int, int], on: date
) -> tuple[Counter[int], dict[int, Counter[str]], dict[int, Counter[str]]]:
    """Count the duties of each unit that are open on a day, and those that are late, by family and else by rule."""
    found: Counter[int] = Counter()
    late: dict[int, Counter[str]] = {}
    others: dict[int, Counter[str]] = {}
    rows = session.execute(
        select(Obligation.office_id, Obligation.rule, Obligation.due_on, Obligation.basis, Obligation.modality).where(
            Obligation.office_id.in_(unit_of),
            Obligation.settled.is_(None),
            Obligation.modality != Modality.PERMISSION,
        )
    )
    for office_id, rule, due_on, basis, modality in rows:
        unit = unit_of[office_id]
        found[unit] += 1
        if status_while_unsettled(due_on, Basis(basis), on, Modality(modality)) in _LATE:
            late.setdefault(unit, Counter())[FAMILIES.get(rule, OTHER)] += 1
            if rule not in FAMILIES:
                others.setdefault(unit, Counter())[rule] += 1
    return found, late, others


def _reported(session: Session, offices: list[int], first: date, last: date) -> tuple[tuple[str, date, date], ...]:
    rows = session.execute(
        select(Alliance.name, Obligation.settled_on, Obligation.due_on)
        .join(Alliance, Alliance.id == Obligation.alliance_id)
        .where(
            Obligation.office_id.in_(offices),
            Obligation.rule == "annual-report",
            Obligation.settled == Status.MET,
            Obligation.settled_on.between(first, last),
        )
        .order_by(Obligation.settled_on, Alliance.name)
    )
    return tuple((name, on, due_on) for name, on, due_on in rows if on is not None)
