"""Which records are the report and the evaluation of a year, and from when a report's days are counted."""

from __future__ import annotations

from datetime import date

from policy.dates import AgreementYear
from policy.duties import Period, Step
from policy.facts import AnnualReport, EndingKind, Evaluation, Facts
from policy.words import day


def reported(year: AgreementYear) -> tuple[Period, date]:
    """Give the days that the report covers, and the day from which its days are counted.

    The report of a year in which the alliance ended is its closeout report, on the days up to the end.
    """
    if year.ended_on is None:
        return year.period, year.anniversary
    return Period(year.first, year.ended_on), year.ended_on


def owes_report(facts: Facts, ended_on: date | None) -> bool:
    """Whether a span in which the alliance ended on that day is reported: an Ambassador's is not (FAQ F-12)."""
    return ended_on is None or facts.ending is None or facts.ending.kind is not EndingKind.AMBASSADOR


def regime_holds(facts: Facts, first: date) -> bool:
    """Whether a year that begins on that day is neither reported on nor evaluated by agreement year."""
    return facts.regime is not None and first >= facts.regime.since


def submitted_on(facts: Facts, last: date, ended_on: date | None) -> date | None:
    """Give the first submission to DCSP; a closeout report is one submitted on or after the end."""
    return _first([r.submitted_on for r in _records(facts, last, ended_on)], ended_on)


def handed_over_on(facts: Facts, last: date, ended_on: date | None) -> date | None:
    """Give the first hand-over to the Regional Alliance Program Coordinator, counted like a submission."""
    return _first([r.handed_over_on for r in _records(facts, last, ended_on)], ended_on)


def _records(facts: Facts, last: date, ended_on: date | None) -> list[AnnualReport]:
    return [r for r in facts.reports if r.period_end in {last, ended_on}]


def _first(days: list[date | None], ended_on: date | None) -> date | None:
    return min((on for on in days if on is not None and (ended_on is None or on >= ended_on)), default=None)


def evaluations_of(facts: Facts, last: date, ended_on: date | None) -> list[Evaluation]:
    """Give the evaluations of the span that ends on these days, in order of day."""
    ends = {last, ended_on}
    return sorted((e for e in facts.evaluations if e.period_end in ends), key=lambda e: (e.evaluated_on, e.id))


def completed_on(evaluations: list[Evaluation]) -> date | None:
    """Give the day on which an evaluation and its discussion were both there."""
    complete = [max(e.evaluated_on, e.discussed_on) for e in evaluations if e.discussed_on is not None]
    return min(complete, default=None)


def evaluation_so_far(evaluations: list[Evaluation]) -> str | None:
    """Say of an evaluation that waits for its discussion what is on record; None where none is."""
    if not evaluations:
        return None
    on = day(evaluations[-1].evaluated_on)
    return f"evaluated on {on}; the discussion with the participants is still to be recorded"


def evaluation_step(evaluation: Evaluation) -> Step:
    """State an evaluation on record and its discussion."""
    discussed = (
        "not yet discussed with the participants"
        if evaluation.discussed_on is None
        else f"discussed with the participants on {day(evaluation.discussed_on)}"
    )
    return Step(f"Evaluated on {day(evaluation.evaluated_on)}, {discussed}.")
