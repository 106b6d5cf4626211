"""The milestones of the work plans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Step
from policy.facts import Facts, Milestone, WorkPlan
from policy.standing import carried, stand
from policy.steps import due_steps, governing_steps
from policy.words import day

RULE = "milestone"

VI_C = cite("CSP 04-01-002 VI.C")
IX_B_2 = cite("CSP 04-01-002 IX.B.2")

CLAUSES = (VI_C, IX_B_2)


# VI.C: "A written document developed yearly by the Alliance Implementation Team that describes the specific
# activities and products that the Alliance will complete in a given year."
# IX.B.2: "Arrange meetings of the Implementation Team at least twice per year, or as needed"
def milestone(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each milestone of a final work plan is reached by its date, by the person whom the plan names.

    It opens when the plan is final, or on its own date when that is earlier. Nothing is expected of an alliance
    that has ended.
    """
    if not facts.milestones:
        return
    plans = {plan.id: plan for plan in facts.work_plans}
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    for promised in facts.milestones:
        plan = plans.get(promised.work_plan_id)
        if plan is None or promised.due_on < facts.tracked_from:
            continue
        opens_on = _opens_on(plan, promised)
        if ended_on is not None and ended_on < opens_on:
            continue
        edition = timeline.edition_on(opens_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"milestone:{promised.id}",
            period=None,
            opens_on=opens_on,
            due_on=promised.due_on,
            basis=Basis.OFFICE,
            modality=Modality.ADVISORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=promised.person,
            met_on=promised.done_on,
            lifted_on=ended_on,
            lifted_because="The alliance ended before the milestone was reached.",
            why=partial(_why, facts, today, timeline, plan, promised),
        )


def _opens_on(plan: WorkPlan, promised: Milestone) -> date:
    return min(plan.finalized_on, promised.due_on)


def _why(facts: Facts, today: date, timeline: Timeline, plan: WorkPlan, promised: Milestone) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, plan, promised))


def _steps(facts: Facts, today: date, timeline: Timeline, plan: WorkPlan, promised: Milestone) -> Iterator[Step]:
    opens_on = _opens_on(plan, promised)
    yield Step(
        f"The work plan for the year that begins on {day(plan.first)} was final on {day(plan.finalized_on)}. It names "
        f"{promised.person} for “{promised.title}”."
    )
    yield from governing_steps(timeline, opens_on, carried_over=carried(timeline.edition_on(opens_on)))
    yield Step("The work plan describes what the alliance completes in the year.", VI_C)
    yield Step("The team's meetings follow it up.", IX_B_2)
    yield from due_steps(
        facts,
        timeline,
        promised.due_on,
        Basis.OFFICE,
        sentence=f"The work plan sets {day(promised.due_on)} for it. Reading A26: the text asks for a plan and names "
        "no date in it, so the plan's own date is a target and the milestone is advisory. The alternative, to treat "
        "each date of a plan as a deadline of the directive, has no clause.",
    )
    ending = timeline.ending
    if promised.done_on is not None and (ending is None or promised.done_on <= ending.ended_on):
        yield Step(f"Met on {day(promised.done_on)}, when it was reached.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)}; its work plan asks for nothing any more.")
    else:
        yield Step(f"It is not recorded as reached on or before {day(today)}.")
