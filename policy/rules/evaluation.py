"""The evaluation of each agreement year, and its discussion with the participants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.clauses import cite
from policy.dates import AgreementYear, Timeline
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.facts import Facts
from policy.regime import fiscal_year_evaluations
from policy.reporting import completed_on, evaluation_so_far, evaluation_step, evaluations_of, regime_holds
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, ended_because, ended_step, year_steps
from policy.words import day

RULE = "evaluation"

IX_C_1 = cite("CSP 04-01-002 IX.C.1")
IX_C_2 = cite("CSP 04-01-002 IX.C.2")

CLAUSES = (IX_C_1, IX_C_2)


# IX.C.1: "Conduct evaluation(s) on the performance and impacts of each alliance on a periodic basis, at least
# annually, against their identified goals and written work plan."
# IX.C.2: "Discuss the evaluation with the alliance participants."
def evaluation(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each agreement year is evaluated, and the evaluation discussed, by the year's last day.

    A program that switched to fiscal years evaluates those instead for what begins later; an office may add
    the fiscal-year checklist as advice.
    """
    taken: set[Period] = set()
    for year in timeline.years:
        if year.last < facts.tracked_from or regime_holds(facts, year.first):
            continue
        taken.add(year.period)
        done = evaluations_of(facts, year.last, year.ended_on)
        edition = timeline.term_on(year.first).edition
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"alliance:{facts.id}",
            period=year.period,
            opens_on=year.first,
            due_on=year.last,
            basis=Basis.DIRECTIVE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=completed_on(done),
            so_far=evaluation_so_far(done),
            lifted_on=year.ended_on,
            lifted_because=ended_because(timeline.ending),
            why=partial(_why, facts, today, timeline, year),
        )
    if facts.regime is not None or facts.fiscal_year_checklist:
        yield from fiscal_year_evaluations(facts, today, timeline, RULE, taken)


def _why(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, year))


def _steps(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    term = timeline.term_on(year.first)
    yield from year_steps(timeline, year)
    yield from edition_steps(term.edition, term, year.first, carried_over=carried(term.edition))
    yield Step("Each alliance is evaluated at least annually against its goals and work plan.", IX_C_1)
    yield Step("The evaluation counts once it has been discussed with the participants.", IX_C_2)
    yield from due_steps(
        facts,
        timeline,
        year.last,
        Basis.DIRECTIVE,
        sentence=f"The last day for both is the last day of the agreement year, {day(year.last)}. "
        "Reading A15: “at least annually” is read as once in each agreement year; the alternative, a checklist "
        "at the end of the fiscal year, may be added by an office but replaces nothing.",
    )
    if facts.fiscal_year_checklist:
        yield Step(
            "This office adds the fiscal-year checklist (October 1 to September 30) beside this evaluation, as an "
            "advisory duty of its own; it replaces nothing."
        )
    yield from _found(facts, today, year)


def _found(facts: Facts, today: date, year: AgreementYear) -> Iterator[Step]:
    done = evaluations_of(facts, year.last, year.ended_on)
    for record in done:
        yield evaluation_step(record)
    met_on = completed_on(done)
    if met_on is not None and (year.ended_on is None or met_on <= year.ended_on):
        yield Step(f"Met on {day(met_on)}, when both were there.")
    elif facts.ending is not None and year.ended_on is not None:
        yield ended_step(facts.ending, "evaluation")
    elif done:
        yield Step(f"Still missing on {day(today)}: the discussion with the participants.")
    else:
        yield Step(f"Still missing on {day(today)}: the evaluation and its discussion.")
