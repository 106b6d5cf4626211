"""The notice to the Regional Administrator and the State Plan State of an activity of a national alliance there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.calendar import add_working_days
from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts, Level, PlannedActivity
from policy.parameters import activity_notice_working_days
from policy.standing import carried, stand
from policy.steps import due_steps, governing_steps, number_step
from policy.words import day

RULE = "activity-notice"

VIII_A_10 = cite("CSP 04-01-002 VIII.A.10")

CLAUSES = (VIII_A_10,)


# VIII.A.10: "Notifying the affected Regional Administrator and State Plan State of any Alliance-related activity
# that is to take place in their regions or states."
def activity_notice(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The region and the state are told 5 federal working days before the activity, or the day it is recorded.

    The later of the two counts, so that an activity entered late is due at once and not late from the start.
    """
    if facts.level is not Level.NATIONAL:
        return
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    for activity in facts.planned_activities:
        if ended_on is not None and ended_on < activity.recorded_on:
            continue
        edition = timeline.edition_on(activity.recorded_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"activity:{activity.id}",
            period=None,
            opens_on=activity.recorded_on,
            due_on=max(_target(timeline, activity), activity.recorded_on),
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.DCSP,
            met_on=activity.notified_on,
            lifted_on=ended_on,
            lifted_because="The alliance ended before the notice was recorded.",
            why=partial(_why, facts, today, timeline, activity),
        )


def _target(timeline: Timeline, activity: PlannedActivity) -> date:
    return add_working_days(activity.on, -activity_notice_working_days(activity.on), timeline.closures)


def _why(facts: Facts, today: date, timeline: Timeline, activity: PlannedActivity) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, activity))


def _steps(facts: Facts, today: date, timeline: Timeline, activity: PlannedActivity) -> Iterator[Step]:
    recorded_on, target = activity.recorded_on, _target(timeline, activity)
    yield Step(
        f"An activity of this national alliance is planned in {activity.place} for {day(activity.on)}; it was "
        f"recorded on {day(recorded_on)}."
    )
    yield from governing_steps(timeline, recorded_on, carried_over=carried(timeline.edition_on(recorded_on)))
    yield Step(
        "DCSP tells the Regional Administrator concerned, and the State Plan State concerned where there is one: both, "
        "not one of them. One record says that everybody concerned had been told.",
        VIII_A_10,
    )
    days = activity_notice_working_days(activity.on)
    late = ""
    if target < recorded_on:
        late = f" That was over when the activity was recorded, so the target is that day, {day(recorded_on)}."
    yield number_step("activity_notice_working_days", activity.on)
    yield from due_steps(
        facts,
        timeline,
        max(target, recorded_on),
        Basis.OFFICE,
        sentence="Reading A22: the text names no lead time; the alternative, any day before the activity, may leave "
        f"the region none to prepare. {day(activity.on)} - {days} federal working days = {day(target)}.{late}",
    )
    ending, notified_on = timeline.ending, activity.notified_on
    if notified_on is not None and (ending is None or notified_on <= ending.ended_on):
        yield Step(f"Met on {day(notified_on)}, when the notice was recorded.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)}; no notice is owed any more.")
    else:
        yield Step(f"No notice is recorded on or before {day(today)}.")
