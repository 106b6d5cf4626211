"""What is owed on a day, computed from the records; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz, utils
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office
from operations.actor import office_day, offices_below
from operations.gather_facts import Gathered, gather
from operations.read.find_alliance import closest_names, find_alliances, the_one
from operations.refusals import Refused
from policy.check import check, forecast
from policy.duties import Due


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty and the alliance that owes it."""

    due: Due
    of: Gathered
    #: The day on which it stands so.
    on: date


def list_due(
    session: Session,
    *,
    as_of: date | datetime,
    ids: list[int] | None = None,
    office: str | None = None,
    within: int | None = None,
    settled: bool = False,
) -> list[Owed]:
    """List the duties as they stand on a day, past or to come, in order of due date, alliance, rule.

    A moment stands for the day that it then is at each lead office.
    `office` keeps the alliances of that office or of offices below it; `within` keeps what is due on or
    before the day plus so many calendar days; `settled` adds what is met, waived or lifted.
    """
    ahead = date.max - date.min if within is None else timedelta(days=within)
    return _sorted(
        Owed(due, of, on)
        for of in _of_office(session, gather(session, ids), office)
        for on in [office_day(as_of, of.timezone) if isinstance(as_of, datetime) else as_of]
        for due in check(of.facts, on)
        if (settled or due.status.unsettled) and due.due_on - on <= ahead
    )


def list_passed_to(session: Session, codes: Sequence[str], *, as_of: date | datetime) -> list[Owed]:
    """List the unsettled duties of other offices' alliances that were passed on to one of these offices."""
    rows = session.execute(
        select(Obligation.id, Obligation.alliance_id)
        .join(Office, Office.id == Obligation.office_id)
        .where(Obligation.passed_on, Obligation.settled.is_(None), Office.code.in_(codes))
    )
    passed = {id: alliance_id for id, alliance_id in rows}  # noqa: C416 - a row is no pair for mypy
    if not passed:
        return []
    owed = list_due(session, as_of=as_of, ids=sorted(set(passed.values())))
    return [o for o in owed if o.due.id in passed]


def list_forecast(
    session: Session, *, first: date, last: date, office: str | None = None, ids: list[int] | None = None
) -> list[Owed]:
    """List what will come due between two days, both included, if nothing more is recorded."""
    return _sorted(
        Owed(due, of, first)
        for of in _of_office(session, gather(session, ids), office)
        for due in forecast(of.facts, first, last)
    )


def _of_office(session: Session, everything: list[Gathered], office: str | None) -> list[Gathered]:
    if office is None:
        return everything
    wanted = offices_below(session, office)
    return [of for of in everything if wanted.intersection(of.facts.offices)]


def _sorted(owed: Iterator[Owed]) -> list[Owed]:
    return sorted(owed, key=lambda o: (o.due.due_on, o.of.facts.name, o.due.rule))


def explain_duty(session: Session, *, name: str, rule: str, period: str | None, as_of: date) -> Owed:
    """Find the one duty that a person asks about: of a rule and period, the latest period if none is given.

    Raises:
        Refused: No alliance, or several, are called so; or no such duty has opened on that day.
    """
    found = find_alliances(session, name)
    alliance = the_one(found)
    if alliance is None:
        names = "; ".join(f.name for f in found) or "; ".join(closest_names(session, name))
        raise Refused(
            f"“{name}” may mean several alliances: {names}. Write the whole name."
            if found
            else f"No alliance is called “{name}”. Closest: {names}."
            if names
            else f"No alliance is called “{name}”, nor anything like it; `alliance due --all` lists them."
        )
    duties = [owed for owed in list_due(session, as_of=as_of, ids=[alliance.id], settled=True) if owed.due.rule == rule]
    asked = [owed for owed in duties if period is None or str(owed.due.period) == period]
    if not asked:
        periods = ", ".join(str(owed.due.period) for owed in duties if owed.due.period)
        raise Refused(
            f"{alliance.name} has no duty “{rule}” for {period}; it has {periods}."
            if duties and periods
            else f"{alliance.name} has no duty “{rule}” that had opened by {as_of}."
        )
    return asked[-1]


def require_office(session: Session, code: str) -> None:
    """Let pass the code of a known office.

    Raises:
        Refused: There is no such office.
    """
    if offices_below(session, code):
        return
    offices = {
        f"{known} ({name})": (known, name)
        for known, name in session.execute(select(Office.code, Office.name).where(Office.kind != "external"))
    }
    if not offices:
        raise Refused(f"There is no office with the code “{code}”: no office is on record yet.")
    ranked = sorted(offices, key=lambda label: (-_office_likeness(code, *offices[label]), label))
    raise Refused(f"There is no office with the code “{code}”. Closest: {', '.join(ranked[:3])}.")


def _office_likeness(typed: str, code: str, name: str) -> float:
    wanted = utils.default_process(typed)
    return max(
        fuzz.ratio(wanted, utils.default_process(code)),
        fuzz.WRatio(wanted, utils.default_process(name)),
    )
