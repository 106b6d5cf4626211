"""The posting of each submitted annual report on OSHA's web pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline, year_of
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.facts import AnnualReport, Facts, Level
from policy.parameters import report_posting_days
from policy.reporting import owes_report, regime_holds
from policy.standing import carried, stand
from policy.steps import due_steps, governing_steps, number_step, signing_steps
from policy.words import day

RULE = "report-posting"

VI_E = cite("CSP 04-01-002 VI.E (posting)")
VIII_E_5 = cite("CSP 04-01-002 VIII.E.5")

CLAUSES = (VI_E, VIII_E_5)


@dataclass(frozen=True, slots=True)
class _Report:
    """What the records of one report's period say together."""

    period: Period
    submitted_on: date
    posted_on: date | None


# VI.E, of the annual report: "The report is posted on OSHA's web pages."
# VIII.E.5: "Ensuring that the information on OSHA's Alliance Web page is current and accurate."
def report_posting(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each submitted annual report is posted within 30 calendar days of its submission.

    A closeout report is posted like any other, after the end too. Only reports on whole agreement years, or up
    to the end of the alliance, are annual reports; data for half a year are not posted.
    """
    if not facts.reports or not timeline.terms:
        return
    for report in _submitted(facts, timeline):
        edition = timeline.edition_on(report.submitted_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"alliance:{facts.id}",
            period=report.period,
            opens_on=report.submitted_on,
            due_on=_due_on(report.submitted_on),
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=report.posted_on,
            why=partial(_why, facts, today, timeline, report),
        )


def _due_on(submitted_on: date) -> date:
    return submitted_on + timedelta(days=report_posting_days(submitted_on))


def _tracked(facts: Facts, timeline: Timeline) -> Sequence[AnnualReport]:
    """Leave out the reports whose posting was due before tracking began: of an old alliance that is nearly all."""
    if timeline.ending is not None:
        # Of the year in which it ended, records with different last days are one report.
        return facts.reports
    days = ((r.period_end, r.submitted_on) for r in facts.reports if r.submitted_on is not None)
    ends = {period_end for period_end, submitted_on in days if _due_on(submitted_on) >= facts.tracked_from}
    return [r for r in facts.reports if r.period_end in ends]


def _submitted(facts: Facts, timeline: Timeline) -> list[_Report]:
    """Give the submitted reports in order of period, with the first submission and the first posting of each."""
    found: dict[Period, list[AnnualReport]] = {}
    for report in _tracked(facts, timeline):
        period = _period(facts, timeline, report.period_end)
        if period is not None:
            found.setdefault(period, []).append(report)
    reports = []
    for period in sorted(found):
        days = (record.submitted_on for record in found[period])
        # A report is not submitted before its year has begun: such a day is a slip, and causes nothing.
        submitted_on = _first(on for on in days if on is None or on >= period.first)
        if submitted_on is not None:
            reports.append(_Report(period, submitted_on, _first(record.posted_on for record in found[period])))
    return reports


def _first(days: Iterator[date | None]) -> date | None:
    return min((on for on in days if on is not None), default=None)


def _period(facts: Facts, timeline: Timeline, period_end: date) -> Period | None:
    """Give the days that a report covers; None when it is no annual report that is owed."""
    year = year_of(facts, timeline.terms[0].signed_on, period_end)
    if year is None or regime_holds(facts, year.first):
        return None
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    if ended_on is not None and ended_on in year:
        closes = period_end in {year.last, ended_on} and owes_report(facts, ended_on)
        return Period(year.first, ended_on) if closes else None
    return year if period_end == year.last else None


def _why(facts: Facts, today: date, timeline: Timeline, report: _Report) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, report))


def _steps(facts: Facts, today: date, timeline: Timeline, report: _Report) -> Iterator[Step]:
    yield from signing_steps(timeline)
    yield Step(
        f"The annual report for {day(report.period.first)} to {day(report.period.last)} was submitted to DCSP on "
        f"{day(report.submitted_on)}."
    )
    yield from governing_steps(
        timeline, report.submitted_on, carried_over=carried(timeline.edition_on(report.submitted_on))
    )
    days, due_on = report_posting_days(report.submitted_on), _due_on(report.submitted_on)
    yield number_step("report_posting_days", report.submitted_on)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OFFICE,
        sentence=f"No day is named for the posting. {day(report.submitted_on)} (the submission) + {days} calendar "
        f"days = {day(due_on)}.",
        clause=VI_E,
    )
    whose = "keeps the web page current" if facts.level is Level.NATIONAL else "is named for national alliances only"
    yield Step(
        f"Reading A17: the text says that the report “is posted” and names nobody. The coordinator {whose}; the "
        "same position is taken at every level, and the office may name another person. The alternative, DCSP for "
        "every alliance, is not what the text says either.",
        VIII_E_5,
    )
    if report.posted_on is not None:
        yield Step(f"Met on {day(report.posted_on)}, when the report was recorded as posted.")
    else:
        yield Step(f"The report is not recorded as posted on or before {day(today)}.")
