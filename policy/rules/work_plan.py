"""The written work plan of each agreement year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import AgreementYear, Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.editions import CSP_2015
from policy.facts import Facts, WorkPlan
from policy.parameters import first_work_plan_days, work_plan_days, work_plan_modality
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, ended_because, ended_step, number_step, year_steps
from policy.words import day

RULE = "work-plan"

VI_C = cite("CSP 04-01-002 VI.C")
VI_C_FIRST = cite("CSP 04-01-002 VI.C (first year)")
IX_B_1 = cite("CSP 04-01-002 IX.B.1")
F_11 = cite("FAQ F-11 (work plan)")

CLAUSES = (VI_C, IX_B_1)


# VI.C: "A written document developed yearly by the Alliance Implementation Team"; of the first year it
# "must be finalized in the first meeting of the Alliance's Implementation Team."
# IX.B.1: "Convene a meeting of the Implementation Team to finalize the Work Plan for the first year of the
# alliance (and yearly for subsequent periods)."
def work_plan(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each agreement year has its own work plan: 60 calendar days into the first year, 30 into a later one.

    Mandatory under CSP 04-01-002, advisory under CSP 04-01-003 (A10).
    """
    for year in timeline.years:
        due_on = _due_on(timeline, year)
        if due_on < facts.tracked_from:
            continue
        term = timeline.term_on(year.first)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"alliance:{facts.id}",
            period=year.period,
            opens_on=year.first,
            due_on=due_on,
            basis=Basis.OFFICE,
            modality=Modality(work_plan_modality(term.signed_on)),
            edition=term.edition,
            clauses=CLAUSES,
            carried_over=carried(term.edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=_met_on(facts, year),
            lifted_on=year.ended_on,
            lifted_because=ended_because(timeline.ending),
            why=partial(_why, facts, today, timeline, year),
        )


def _is_first(timeline: Timeline, year: AgreementYear) -> bool:
    """Whether it is the year of the original signing, also where the first record is a renewal."""
    return year.number == 0 and not timeline.terms[0].agreement.renewal


def _days(timeline: Timeline, year: AgreementYear) -> int:
    return first_work_plan_days(year.first) if _is_first(timeline, year) else work_plan_days(year.first)


def _due_on(timeline: Timeline, year: AgreementYear) -> date:
    return year.first + timedelta(days=_days(timeline, year))


def _of_year(facts: Facts, year: AgreementYear) -> list[WorkPlan]:
    return [plan for plan in facts.work_plans if plan.first == year.first]


def _met_on(facts: Facts, year: AgreementYear) -> date | None:
    return min((plan.finalized_on for plan in _of_year(facts, year)), default=None)


def _why(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, year))


def _steps(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    term = timeline.term_on(year.first)
    yield from year_steps(timeline, year)
    # Not silent but softer: the sentence for that follows below.
    yield from edition_steps(term.edition, term, year.first, carried_over=False)
    yield Step("The team writes a work plan every year.", VI_C)
    yield Step("The coordinator convenes the team to finalize it, in the first year and in each later one.", IX_B_1)
    if term.edition is CSP_2015:
        yield Step(
            "Reading A10: under CSP 04-01-002 the yearly plan is mandatory. The alternative, advice, is that of the "
            "FAQ and holds for agreements under the 2020 edition."
        )
    else:
        yield Step(
            "Reading A10: the FAQ speaks of a work plan only “where applicable”, so under "
            f"{term.edition.name} the yearly plan is advisory. The alternative is the older “must”. For the rest the "
            "text of CSP 04-01-002 is applied and the duty is marked as carried over.",
            F_11,
        )
    yield number_step("work_plan_modality", term.signed_on)
    yield number_step("first_work_plan_days" if _is_first(timeline, year) else "work_plan_days", year.first)
    yield from due_steps(
        facts,
        timeline,
        _due_on(timeline, year),
        Basis.OFFICE,
        sentence=_date_sentence(timeline, year),
    )
    yield from _found(facts, today, year)


def _date_sentence(timeline: Timeline, year: AgreementYear) -> str:
    start = "the first day of the year"
    reading = (
        "Reading A26: no day is named; the target is counted from the year's first day. The alternative is no date "
        "before the end of the agreement year."
    )
    if _is_first(timeline, year):
        start = "the signing"
        reading = (
            "Reading A26: the first year's plan is finalized at the first team meeting, for which no day is named; "
            "the target of both is counted from the signing. The alternative is no date before the end of the "
            "agreement year."
        )
    days = _days(timeline, year)
    return f"{reading} {day(year.first)} ({start}) + {days} calendar days = {day(_due_on(timeline, year))}."


def _found(facts: Facts, today: date, year: AgreementYear) -> Iterator[Step]:
    met_on = _met_on(facts, year)
    if met_on is not None and (year.ended_on is None or met_on <= year.ended_on):
        yield Step(f"Met on {day(met_on)}, when the work plan of this year was final.")
    elif facts.ending is not None and year.ended_on is not None:
        yield ended_step(facts.ending, "work plan")
    else:
        yield Step(
            f"No work plan for the year that begins on {day(year.first)} is recorded as final on or before "
            f"{day(today)}; a draft does not count."
        )
