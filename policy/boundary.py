"""The next day on which an alliance has to be looked at again, though nothing new was recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from policy.calendar import NO_CLOSURES, Closures
from policy.check import check
from policy.duties import Due
from policy.facts import Facts
from policy.stages import DEFAULT_SETTINGS, StageSettings, stages

#: How far ahead duties are looked for, in calendar days: a little more than the longest agreement year.
HORIZON = timedelta(days=370)
_DAY = timedelta(days=1)


def next_boundary(
    facts: Facts,
    today: date,
    closures: Closures = NO_CLOSURES,
    settings_of: Callable[[Due], StageSettings] = lambda _: DEFAULT_SETTINGS,
) -> date:
    """Give the next day on which a check may find another duty, another settlement or another stage.

    Until then a check of the same records finds what today's check found, except how late something is, which
    follows from its date. Never today, and at most 370 calendar days ahead. `settings_of` gives the stages of the
    office that has a duty.
    """
    ahead = today + HORIZON
    if facts.as_of(today) != facts.as_of(ahead):
        # A record dated in the future counts from its day on; such records are too rare to be clever about.
        return today + _DAY
    days = [ahead]
    for due in check(facts, ahead, closures=closures):
        if due.opens_on > today:
            days.append(due.opens_on)
        elif due.status.unsettled:
            # Stages repeat for as long as it is late: the one after the last planned has to be planned in time.
            planned = stages(due, today, closures, settings_of(due))
            if planned and planned[-1].send_on > today:
                days.append(planned[-1].send_on)
    return min(days)
