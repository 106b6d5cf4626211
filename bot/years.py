"""The agreement years that a form offers, taken from the duties of a rule."""

from __future__ import annotations

from bot.duty_words import row_of_due, standing
from bot.form_types import Choice, Draft, Opening
from operations.refusals import Refused
from policy.duties import Due, Status
from policy.words import day

FIELD = "period_end"
FIRST = "first"


def year_draft(opening: Opening, rule: str, nothing: str, *, recorded: str | None = None, field: str = FIELD) -> Draft:
    """Offer the open agreement years of a rule, the one that the form was opened for chosen.

    A choice stands for the last day of its year; of the field `first` for the first one.

    Raises:
        Refused: No year is open; `nothing` says what that means, or `recorded` that the latest is done: its
            {year} and {on} stand for the end of the year and the day on which it was settled.
    """
    about = opening.about
    open_years = [due for due in about.of_rule(rule) if due.status.unsettled and due.period is not None]
    if not open_years:
        latest = next((due for due in about.of_rule(rule) if due.period is not None), None)
        if recorded is not None and latest is not None and latest.status is Status.MET and latest.settled_on:
            last = "" if latest.period is None else day(latest.period.last)
            raise Refused(f"{about.name}: {recorded.format(year=last, on=day(latest.settled_on))}")
        raise Refused(f"{about.name}: {nothing}")
    open_years.sort(key=lambda due: due.due_on)
    opened_for = opening.due
    chosen = next((due for due in open_years if opened_for is not None and due.id == opened_for.id), open_years[0])
    return Draft(
        values={field: _value(due=chosen, field=field)},
        choices={field: [Choice(_value(due=due, field=field), _label(due, opening)) for due in open_years]},
    )


def _value(*, due: Due, field: str) -> str:
    if due.period is None:
        return ""
    return (due.period.first if field == FIRST else due.period.last).isoformat()


def _label(due: Due, opening: Opening) -> str:
    last = "" if due.period is None else day(due.period.last)
    row = row_of_due(due, opening.about.of, opening.about.today)
    return f"Year to {last}: {standing(row)}"
