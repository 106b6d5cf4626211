"""The annual report of each ended agreement year, and the closeout report of an ended alliance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import AgreementYear, Timeline
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.facts import Facts, Level
from policy.parameters import annual_report_days
from policy.regime import half_year_data
from policy.reporting import owes_report, regime_holds, reported, submitted_on
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, number_step, year_steps
from policy.words import day

RULE = "annual-report"

VI_E = cite("CSP 04-01-002 VI.E")
VIII_A_2 = cite("CSP 04-01-002 VIII.A.2")
VIII_F_3 = cite("CSP 04-01-002 VIII.F.3")

NATIONAL_CLAUSES = (VI_E, VIII_A_2)
#: The one that gives the date stands first.
FIELD_CLAUSES = (VIII_F_3, VI_E)


# VIII.F.3: "Submitting alliance annual reports for Regional and Area Office Alliances to DCSP within
# 60-days of the Alliance anniversary."
def annual_report(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each ended agreement year is reported within 60 calendar days of the anniversary that ends it.

    An alliance that ends within a year owes a closeout report 60 calendar days after the end instead; an
    Ambassador owes none (FAQ F-12). National alliances have no date in the text: theirs is an office target.
    A program that switched to data twice a year owes those instead for what begins later.
    """
    national = facts.level is Level.NATIONAL
    taken: set[Period] = set()
    for year in timeline.years:
        period, counted_from = reported(year)
        if regime_holds(facts, year.first) or not owes_report(facts, year.ended_on):
            continue
        taken.add(period)
        due_on = counted_from + timedelta(days=annual_report_days(counted_from))
        if due_on < facts.tracked_from:
            continue
        edition = timeline.term_on(counted_from).edition
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"alliance:{facts.id}",
            period=period,
            opens_on=counted_from,
            due_on=due_on,
            basis=Basis.OFFICE if national else Basis.DIRECTIVE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=NATIONAL_CLAUSES if national else FIELD_CLAUSES,
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR if national else Owner.REGIONAL_COORDINATOR,
            met_on=submitted_on(facts, year.last, year.ended_on),
            why=partial(_why, facts, today, timeline, year),
        )
    if facts.regime is not None:
        yield from half_year_data(facts, today, timeline, RULE, taken)


def _why(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, year))


def _steps(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    period, counted_from = reported(year)
    term = timeline.term_on(counted_from)
    yield from year_steps(timeline, year)
    yield from edition_steps(term.edition, term, counted_from, carried_over=carried(term.edition))
    yield Step("Each alliance is reported on once a year.", VI_E)
    if year.ended_on is not None:
        yield Step(
            f"The alliance ended on {day(year.ended_on)}, within the year. The text does not say what then "
            "becomes of the report; it is read as a closeout report on the days from the year's first day to "
            f"the end ({day(period.first)} to {day(period.last)}), counted from the end. The alternative, to "
            "wait for an anniversary that the alliance does not reach, would leave these days unreported."
        )
    yield from _date_steps(facts, timeline, year, counted_from)
    owner = "The Alliance Coordinator" if facts.level is Level.NATIONAL else "The Regional Alliance Program Coordinator"
    yield Step(
        f"Reading A18: several clauses name an author. {owner} owes the submission, and the office may name another "
        "person. The alternatives are the Area Director, the Regional Administrator and DCSP, whom other clauses name."
    )
    sent_on = submitted_on(facts, year.last, year.ended_on)
    if sent_on is not None:
        yield Step(f"Met on {day(sent_on)}, when the report was recorded as submitted to DCSP.")
    else:
        yield Step(
            f"No report for the period that ends on {day(period.last)} is recorded as submitted to DCSP on or "
            f"before {day(today)}; a draft or a hand-over inside the Region does not count."
        )


def _date_steps(facts: Facts, timeline: Timeline, year: AgreementYear, counted_from: date) -> Iterator[Step]:
    days = annual_report_days(counted_from)
    due_on = counted_from + timedelta(days=days)
    start = "the anniversary that ends the year" if year.ended_on is None else "the end of the alliance"
    analogy = "the directive states it for Regional and Area Office Alliances, and a national one borrows it"
    yield number_step("annual_report_days", counted_from, analogy if facts.level is Level.NATIONAL else None)
    sentence = f"{day(counted_from)} ({start}) + {days} calendar days = {day(due_on)}."
    if facts.level is Level.NATIONAL:
        yield from due_steps(
            facts,
            timeline,
            due_on,
            Basis.OFFICE,
            sentence=f"DCSP completes the reports of national alliances; no day is named. {sentence}",
            clause=VIII_A_2,
        )
        yield Step(
            f"Reading A04: this clause binds Regional and Area Office Alliances only. Its {days} days are applied to a "
            "national alliance by analogy, as a target of the office. The alternatives are no date at all, another "
            "number of days, or the end of the fiscal year, by which newer national forms go.",
            VIII_F_3,
        )
        return
    yield from due_steps(facts, timeline, due_on, Basis.DIRECTIVE, sentence=sentence)
    yield Step(
        "Reading A03: “within 60-days of the Alliance anniversary” is read as on or before the 60th calendar "
        "day after the anniversary of the original signing (or of the recorded anchor) that ends the reported "
        "year. The alternatives, 60 days before the anniversary or the anniversary of the last renewal, fit a "
        "report on the whole year less well. OSHA's answers to its own offices (osha.gov/node/59886) are evidence for "
        "it: “no later than 60 days after the end of the annual report period”."
    )
