"""The next day on which an alliance has to be looked at again, though nothing new was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from policy.calendar import NO_CLOSURES, Closures
from policy.check import check
from policy.facts import Facts
from policy.stages import Stage, stages

#: How far ahead duties are looked for, in calendar days: a little more than the longest agreement year.
HORIZON = timedelta(days=370)
_DAY = timedelta(days=1)


def next_boundary(
    facts: Facts,
    today: date,
    closures: Closures = NO_CLOSURES,
    planned: Iterable[Sequence[Stage]] | None = None,
) -> date:
    """Give the next day on which a check may find another duty, another settlement or another stage.

    Until then a check of the same records finds what today's check found, except how late something is, which
    follows from its date. Never today, and at most 370 calendar days ahead. `planned` are the stages of each duty that
    a check of today finds unsettled; None has them found, as they are by default.
    """
    ahead = today + HORIZON
    known = facts.as_of(today)
    if known != facts.as_of(ahead):
        # A record dated in the future counts from its day on; such records are too rare to be clever about.
        return today + _DAY
    if planned is None:
        planned = [stages(due, today, closures) for due in check(facts, today, closures=closures)]
    # Stages repeat for as long as it is late: the one after the last planned has to be planned in time.
    lasts = [of_one[-1].send_on for of_one in planned if of_one]
    # Nothing falls due before it opens: of what opens later, nothing falls due before today.
    later = replace(known, tracked_from=max(facts.tracked_from, today))
    opens = [due.opens_on for due in check(later, ahead, closures=closures)]
    return min([ahead, *(day for day in (*lasts, *opens) if day > today)])
