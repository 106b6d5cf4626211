"""What is owed on a day, computed from the records; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from operations.actor import offices_below
from operations.gather_facts import Gathered, gather
from policy.check import check, forecast
from policy.duties import Due


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty and the alliance that owes it."""

    due: Due
    of: Gathered


def list_due(
    session: Session,
    *,
    as_of: date,
    ids: list[int] | None = None,
    office: str | None = None,
    within: int | None = None,
    settled: bool = False,
) -> list[Owed]:
    """List the duties as they stand on a day, past or to come, in order of due date, alliance, rule.

    `office` keeps the alliances of that office or of offices below it; `within` keeps what is due on or
    before the day plus so many calendar days; `settled` adds what is met, waived or lifted.
    """
    last = as_of + timedelta(days=within) if within is not None else date.max
    return _sorted(
        Owed(due, of)
        for of in _of_office(session, gather(session, ids), office)
        for due in check(of.facts, as_of)
        if (settled or due.status.unsettled) and due.due_on <= last
    )


def list_forecast(
    session: Session, *, first: date, last: date, office: str | None = None, ids: list[int] | None = None
) -> list[Owed]:
    """List what will come due between two days, both included, if nothing more is recorded."""
    return _sorted(
        Owed(due, of)
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
