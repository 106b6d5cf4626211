"""What an alliance, or the program as a whole, owes on a day, and what will fall due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from policy.calendar import NO_CLOSURES, Closures
from policy.dates import Timeline, timeline
from policy.duties import Due, Modality, Status
from policy.facts import Facts, ProgramFacts
from policy.rules import RULES, Rule

F = TypeVar("F", Facts, ProgramFacts)


class RuleFailedError(RuntimeError):
    """Raised when a rule fails over the records of one alliance, or of the program: it names both, and the fault."""

    def __init__(self, rule: str, name: str, fault: Exception) -> None:
        """Name the rule, whose records they are, and what went wrong."""
        super().__init__(f"the rule “{rule}” fails over {name}: {type(fault).__name__}: {fault}")
        #: For staff: without the fault, which is for operators.
        self.sentence = f"The duties of {name} could not be worked out: the rule “{rule}” fails over its records."


def check(
    facts: Facts,
    today: date,
    rules: Mapping[str, Rule] = RULES,
    closures: Closures = NO_CLOSURES,
) -> tuple[Due, ...]:
    """Give every duty of an alliance that has opened, met, waived and lifted ones included.

    Only records dated on or before `today` count. Sorted by due date, then rule.

    Raises:
        RuleFailedError: when a rule fails over these records, whatever it is.
    """
    known = facts.as_of(today)
    line = timeline(known, today, closures)
    return _sorted([due for name, rule in rules.items() for due in _ask(name, rule.function, known, today, line)])


def check_program(
    facts: ProgramFacts,
    today: date,
    rules: Mapping[str, Rule] = RULES,
    closures: Closures = NO_CLOSURES,
) -> tuple[Due, ...]:
    """Give every duty of the program as a whole that has opened, as `check` does for an alliance."""
    known = facts.as_of(today)
    line = Timeline(closures, (), (), None)
    wide = [(name, rule.program_function) for name, rule in rules.items() if rule.program_function is not None]
    return _sorted([due for name, function in wide for due in _ask(name, function, known, today, line)])


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
    is due. A permission is never due, so it is not listed.
    """
    return _ahead(check(facts, last, rules, closures), first, last)


def forecast_program(
    facts: ProgramFacts,
    first: date,
    last: date,
    rules: Mapping[str, Rule] = RULES,
    closures: Closures = NO_CLOSURES,
) -> tuple[Due, ...]:
    """Give what falls due of the program as a whole, as `forecast` does for an alliance."""
    return _ahead(check_program(facts, last, rules, closures), first, last)


def _ask(
    name: str, function: Callable[[F, date, Timeline], Iterable[Due]], facts: F, today: date, line: Timeline
) -> list[Due]:
    try:
        return list(function(facts, today, line))
    except Exception as error:
        raise RuleFailedError(name, facts.name, error) from error


def _sorted(found: list[Due]) -> tuple[Due, ...]:
    found.sort(key=lambda d: (d.due_on, d.rule, d.subject, d.opens_on))
    return tuple(found)


def _ahead(found: tuple[Due, ...], first: date, last: date) -> tuple[Due, ...]:
    return tuple(
        replace(due, status=Status.OPEN, meetings=due.meetings and replace(due.meetings, on=first))
        for due in found
        if first <= due.due_on <= last and due.status.unsettled and due.modality is not Modality.PERMISSION
    )
