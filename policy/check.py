"""What an alliance owes on a day, and what will fall due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from policy.calendar import NO_CLOSURES, Closures
from policy.dates import timeline
from policy.duties import Due, Status
from policy.facts import Facts
from policy.rules import RULES, Rule


def check(
    facts: Facts,
    today: date,
    rules: Mapping[str, Rule] = RULES,
    closures: Closures = NO_CLOSURES,
) -> tuple[Due, ...]:
    """Give every duty of an alliance that has opened, met, waived and lifted ones included.

    Only records dated on or before `today` count. Sorted by due date, then rule.
    """
    known = facts.as_of(today)
    line = timeline(known, today, closures)
    found = [due for rule in rules.values() for due in rule.function(known, today, line)]
    found.sort(key=lambda d: (d.due_on, d.rule, d.subject, d.opens_on))
    return tuple(found)


def forecast(
    facts: Facts,
    first: date,
    last: date,
    rules: Mapping[str, Rule] = RULES,
    closures: Closures = NO_CLOSURES,
) -> tuple[Due, ...]:
    """Give what falls due from `first` to `last`, both included, if nothing more is recorded.

    All records that are known count, also those dated after `first`. What is still unsettled on `last` is
    listed with the status it has on `first`, which is always open: nothing in the range is late before it
    is due.
    """
    return tuple(
        replace(due, status=Status.OPEN, at_risk=False)
        for due in check(facts, last, rules, closures)
        if first <= due.due_on <= last and due.status.unsettled
    )
