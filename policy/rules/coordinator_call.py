"""The conference call of DCSP with the Regional Alliance Program Coordinators, once a fiscal quarter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.facts import ProgramFacts
from policy.fiscal import fiscal_name, quarter
from policy.standing import carried, stand
from policy.steps import due_steps, silent
from policy.words import day, listing

RULE = "coordinator-call"

VIII_A_9 = cite("CSP 04-01-002 VIII.A.9")

CLAUSES = (VIII_A_9,)

_DAY = timedelta(days=1)


# VIII.A.9: "Coordinating periodic conference calls with Regional Alliance Program Coordinators."
def coordinator_call(facts: ProgramFacts, today: date, timeline: Timeline) -> Iterator[Due]:
    """DCSP holds one call with the Regional Alliance Program Coordinators in each quarter of the fiscal year.

    A duty of the whole program and of no alliance; it opens on the quarter's first day.
    """
    period = quarter(facts.tracked_from)
    while period.first <= today:
        edition = timeline.edition_on(period.first)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject="program",
            period=period,
            opens_on=period.first,
            due_on=period.last,
            basis=Basis.OFFICE,
            modality=Modality.ADVISORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.DCSP,
            met_on=min(_held(facts, period), default=None),
            why=partial(_why, facts, today, timeline, period),
        )
        period = quarter(period.last + _DAY)


def _held(facts: ProgramFacts, period: Period) -> list[date]:
    return sorted(on for on in facts.calls if on in period)


def _why(facts: ProgramFacts, today: date, timeline: Timeline, period: Period) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, period))


def _steps(facts: ProgramFacts, today: date, timeline: Timeline, period: Period) -> Iterator[Step]:
    edition = timeline.edition_on(period.first)
    name = fiscal_name(period)
    yield Step(f"{name[0].upper()}{name[1:]} runs from {day(period.first)} to {day(period.last)}.")
    yield Step(
        f"A duty of the whole program follows the edition in force on the quarter's first day, {edition.name}."
        f"{silent(edition) if carried(edition) else ''}"
    )
    yield Step("DCSP coordinates calls with the Regional Alliance Program Coordinators.", VIII_A_9)
    yield from due_steps(
        facts,
        timeline,
        period.last,
        Basis.OFFICE,
        sentence="Reading VIII.A.9: “periodic” has no period; it is read as once in each quarter of the fiscal year "
        f"(October 1 to September 30), by its last day, {day(period.last)}. The alternatives are once a month or once "
        "a year.",
    )
    held = _held(facts, period)
    if held:
        yield Step(
            f"Calls in this quarter: {listing(day(on) for on in held)}. Met on {day(held[0])}, the first of them."
        )
    else:
        yield Step(f"No call in this quarter is recorded on or before {day(today)}.")
