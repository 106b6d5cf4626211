"""Why a stage of a duty is said on its day, as a sentence for people."""

from __future__ import annotations

from datetime import date, timedelta

from policy.calendar import NO_CLOSURES, Closures, holiday, on_or_after, on_or_before
from policy.stages import RECEIPT
from policy.words import count
from policy.words import day as spelled

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def stage_words(stage: str, *, due_on: date, planned_for: date, said_on: date, closures: Closures = NO_CLOSURES) -> str:
    """Word why a stage planned for a day is said on `said_on`, a local day of the office.

    What moved it is told: a weekend, a holiday, or days on which nothing was sent.
    """
    nominal, words = _nominal(stage, due_on)
    if nominal is not None and planned_for != nominal and planned_for in _moved(nominal, closures):
        off = holiday(nominal, closures) or f"a {_WEEKDAYS[nominal.weekday()]}"
        words += f"; {spelled(nominal)} is {off}, {_taken(stage, nominal, planned_for)}"
    if said_on > planned_for:
        words += f"; planned for {spelled(planned_for)}, caught up on {spelled(said_on)}"
    return words


def _taken(stage: str, nominal: date, planned_for: date) -> str:
    """Say which working day is taken in place of a day that is none."""
    if planned_for < nominal:
        return "so the working day before it is taken"
    if stage.startswith(("before:", "on:")):
        return "and the duty was not open on the working day before it, so the one after it is taken"
    return "so the working day after it is taken"


def _nominal(stage: str, due_on: date) -> tuple[date | None, str]:
    """Return the day that the stage names, where its name says it, and what it is in words."""
    kind, _, value = stage.partition(":")
    if kind == "snoozed":
        on = date.fromisoformat(value)
        return on, f"snoozed until {spelled(on)}"
    if kind in {"before", "after"} and value.isdigit():
        days = timedelta(days=int(value))
        on = due_on - days if kind == "before" else due_on + days
        return on, f"{count(days.days, 'day')} {kind} {spelled(due_on)}"
    if kind == "on":
        return due_on, f"on its day, {spelled(due_on)}"
    return None, "on the day the duty opened" if stage == RECEIPT else f"stage {stage}"


def _moved(nominal: date, closures: Closures) -> tuple[date, date]:
    return on_or_before(nominal, closures), on_or_after(nominal, closures)
