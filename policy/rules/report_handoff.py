"""The area office's hand-over of the annual report to its Regional Alliance Program Coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import AgreementYear, Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts, Level
from policy.parameters import annual_report_days, report_handoff_days
from policy.reporting import handed_over_on, owes_report, regime_holds, reported, submitted_on
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, number_step, year_steps
from policy.words import day

RULE = "report-handoff"

VIII_D_3 = cite("CSP 04-01-002 VIII.D.3")

CLAUSES = (VIII_D_3,)


# VIII.D.3: "Ensuring that copies of signed alliance agreements and annual reports are sent to the Regional
# Alliance Program Coordinator."
def report_handoff(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The report of each ended agreement year is handed over within 45 calendar days of the anniversary.

    It is the same report that the Coordinator owes DCSP (`annual-report`), so it goes with it: a closeout
    report is handed over too, counted from the end, and an Ambassador owes none.
    """
    if facts.level is not Level.AREA:
        return
    for year in timeline.years:
        period, counted_from = reported(year)
        due_on = counted_from + timedelta(days=report_handoff_days(counted_from))
        if due_on < facts.tracked_from or regime_holds(facts, year.first) or not owes_report(facts, year.ended_on):
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
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.AREA_DIRECTOR,
            met_on=_met_on(facts, year),
            why=partial(_why, facts, today, timeline, year),
        )


def _met_on(facts: Facts, year: AgreementYear) -> date | None:
    """Give the earlier of the hand-over and the submission to DCSP."""
    days = (handed_over_on(facts, year.last, year.ended_on), submitted_on(facts, year.last, year.ended_on))
    return min((on for on in days if on is not None), default=None)


def _why(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, year))


def _steps(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    period, counted_from = reported(year)
    term = timeline.term_on(counted_from)
    yield from year_steps(timeline, year)
    yield from edition_steps(term.edition, term, counted_from, carried_over=carried(term.edition))
    yield Step("An area office sends its annual report to the Regional Alliance Program Coordinator.", VIII_D_3)
    if year.ended_on is not None:
        yield Step(
            f"The alliance ended on {day(year.ended_on)}, within the year. Its closeout report ({day(period.first)} "
            f"to {day(period.last)}) takes the same way as any other. The alternative, no hand-over after the end, "
            "would leave the Coordinator without the report that the Coordinator still owes DCSP."
        )
    days = report_handoff_days(counted_from)
    due_on = counted_from + timedelta(days=days)
    start = "the anniversary that ends the year" if year.ended_on is None else "the end of the alliance"
    yield number_step("report_handoff_days", counted_from)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OFFICE,
        sentence=f"The text names no day for it. {day(counted_from)} ({start}) + {days} calendar days = {day(due_on)}.",
    )
    yield Step(
        f"Reading A04: the Coordinator has {annual_report_days(counted_from)} days to submit to DCSP; the target "
        "leaves some of them for the review. The alternative, no date at all, would let the area office use them up."
    )
    met_on = _met_on(facts, year)
    if met_on is None:
        yield Step(
            f"Neither a hand-over nor a submission of the report for the period that ends on {day(period.last)} is "
            f"recorded on or before {day(today)}."
        )
    elif met_on == handed_over_on(facts, year.last, year.ended_on):
        yield Step(f"Met on {day(met_on)}, when the report was handed to the Regional Alliance Program Coordinator.")
    else:
        yield Step(f"Met on {day(met_on)}, when the report was submitted to DCSP; it needs no hand-over any more.")
