"""The reporting regime of newer forms, for a program that switched to it, and the fiscal-year checklist.

From the day on which the regime holds, agreement years that begin keep neither report nor evaluation; the
half-years and fiscal years that end on or after that day take over. A year that runs on that day keeps its own,
so that no day goes unreported; for some months both are owed. The duties keep their rule ids, so that lists,
exports and reminders need to know nothing of the switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.facts import Facts, Level
from policy.fiscal import Span, fiscal_name, fiscal_year, half_year, spans
from policy.parameters import annual_report_days
from policy.reporting import completed_on, evaluation_so_far, evaluation_step, evaluations_of, owes_report, submitted_on
from policy.standing import carried, stand
from policy.steps import due_steps, ended_step, governing_steps, signing_steps
from policy.words import day

VI_E = cite("CSP 04-01-002 VI.E")
VIII_A_2 = cite("CSP 04-01-002 VIII.A.2")
VIII_F_3 = cite("CSP 04-01-002 VIII.F.3")
IX_C_1 = cite("CSP 04-01-002 IX.C.1")
IX_C_2 = cite("CSP 04-01-002 IX.C.2")


def half_year_data(facts: Facts, today: date, timeline: Timeline, rule: str, taken: set[Period]) -> Iterator[Due]:
    """Data are owed for each half of the fiscal year on its last day, March 31 or September 30.

    An alliance that ends within a half-year owes its closeout data as a closeout report; an Ambassador owes none.
    The date is an office target: it comes from the program's setting, not from the directive. Periods that are
    already `taken` by an annual report are left out.
    """
    if facts.regime is None:
        return
    national, since = facts.level is Level.NATIONAL, facts.regime.since
    for span in spans(facts, timeline, today, half_year, since):
        covered, due_on = _covered(span)
        if covered in taken or not owes_report(facts, span.ended_on):
            continue
        opens_on = max(span.period.first, since) if span.ended_on is None else span.ended_on
        edition = timeline.edition_on(opens_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=rule,
            subject=f"alliance:{facts.id}",
            period=covered,
            opens_on=opens_on,
            due_on=due_on,
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=(VI_E, VIII_A_2) if national else (VI_E, VIII_F_3),
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR if national else Owner.REGIONAL_COORDINATOR,
            met_on=submitted_on(facts, span.period.last, span.ended_on),
            why=partial(_why_data, facts, today, timeline, span, since),
        )


def fiscal_year_evaluations(
    facts: Facts, today: date, timeline: Timeline, rule: str, taken: set[Period]
) -> Iterator[Due]:
    """Each fiscal year is evaluated and discussed by September 30: as the regime has it, or as extra advice.

    Under the regime the duty is the directive's yearly evaluation. Without it the checklist is advisory, an
    office target, and for whole fiscal years only; a year already `taken` by an agreement year is left out.
    """
    since = facts.tracked_from if facts.regime is None else min(facts.tracked_from, facts.regime.since)
    for span in spans(facts, timeline, today, fiscal_year, since):
        regime = facts.regime is not None and span.period.last >= facts.regime.since
        extra = facts.fiscal_year_checklist and span.whole
        if span.period in taken or not (regime or extra):
            continue
        opens_on = span.period.first
        if regime and facts.regime is not None:
            opens_on = max(opens_on, facts.regime.since)
        edition = timeline.edition_on(opens_on)
        done = evaluations_of(facts, span.period.last, span.ended_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=rule,
            subject=f"alliance:{facts.id}",
            period=span.period,
            opens_on=opens_on,
            due_on=span.period.last,
            basis=Basis.DIRECTIVE if regime else Basis.OFFICE,
            modality=Modality.MANDATORY if regime else Modality.ADVISORY,
            edition=edition,
            clauses=(IX_C_1, IX_C_2),
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=completed_on(done),
            so_far=evaluation_so_far(done),
            lifted_on=span.ended_on,
            lifted_because="The alliance ended before the fiscal year was over.",
            why=partial(_why_evaluation, facts, today, timeline, span, opens_on, regime=regime),
        )


def _covered(span: Span) -> tuple[Period, date]:
    """Give the days that the data cover, and the day on which they are due."""
    if span.ended_on is None:
        return span.period, span.period.last
    due_on = span.ended_on + timedelta(days=annual_report_days(span.ended_on))
    return Period(span.period.first, span.ended_on), due_on


def _why_data(facts: Facts, today: date, timeline: Timeline, span: Span, since: date) -> tuple[Step, ...]:
    return tuple(_data_steps(facts, today, timeline, span, since))


def _data_steps(facts: Facts, today: date, timeline: Timeline, span: Span, since: date) -> Iterator[Step]:
    covered, due_on = _covered(span)
    opens_on = max(span.period.first, since) if span.ended_on is None else span.ended_on
    edition = timeline.edition_on(opens_on)
    yield from signing_steps(timeline)
    yield from governing_steps(timeline, opens_on, carried_over=carried(edition))
    yield Step("Each alliance's activities are documented and evaluated in a report.", VI_E)
    yield Step("DCSP collects it.", VIII_A_2 if facts.level is Level.NATIONAL else VIII_F_3)
    yield Step(
        f"From {day(since)} this program asks for data twice a year, on March 31 and September 30, instead of a "
        "report for each agreement year. Reading A03: the source documents have one report a year; newer forms "
        "suggest the half-years. A program chooses; the alternative, and the default, is the yearly report."
    )
    sentence = f"The data cover {day(covered.first)} to {day(covered.last)} and are due on {day(due_on)}."
    if span.ended_on is not None:
        sentence = (
            f"The alliance ended on {day(span.ended_on)}, within the half-year. Its data up to that day are a "
            f"closeout report: {day(span.ended_on)} + {annual_report_days(span.ended_on)} calendar days = "
            f"{day(due_on)}."
        )
    yield from due_steps(facts, timeline, due_on, Basis.OFFICE, sentence=sentence)
    sent_on = submitted_on(facts, span.period.last, span.ended_on)
    if sent_on is not None:
        yield Step(f"Met on {day(sent_on)}, when the data were recorded as submitted to DCSP.")
    else:
        yield Step(f"No data up to {day(covered.last)} are recorded as submitted on or before {day(today)}.")


def _why_evaluation(
    facts: Facts, today: date, timeline: Timeline, span: Span, opens_on: date, *, regime: bool
) -> tuple[Step, ...]:
    return tuple(_evaluation_steps(facts, today, timeline, span, opens_on, regime=regime))


def _evaluation_steps(
    facts: Facts, today: date, timeline: Timeline, span: Span, opens_on: date, *, regime: bool
) -> Iterator[Step]:
    name, last = fiscal_name(fiscal_year(span.period.last)), span.period.last
    yield from signing_steps(timeline)
    yield from governing_steps(timeline, opens_on, carried_over=carried(timeline.edition_on(opens_on)))
    yield Step("Each alliance is evaluated at least annually against its goals and work plan.", IX_C_1)
    yield Step("The evaluation counts once it has been discussed with the participants.", IX_C_2)
    if regime and facts.regime is not None:
        sentence = (
            f"From {day(facts.regime.since)} this program evaluates by fiscal year. Reading A15: “at least "
            "annually” is then read as once in each fiscal year, as OSHA's newer checklist has it; the alternative, "
            f"and the default, is once in each agreement year. The last day of {name} is {day(last)}."
        )
    else:
        sentence = (
            "Reading A15: this office adds the fiscal-year checklist (October 1 to September 30) to the "
            f"evaluation of the agreement year, which stays as it is. The alternative, and the default, is the "
            f"agreement year alone. The last day of {name} is {day(last)}."
        )
    basis = Basis.DIRECTIVE if regime else Basis.OFFICE
    yield from due_steps(facts, timeline, last, basis, sentence=sentence)
    done = evaluations_of(facts, last, span.ended_on)
    for record in done:
        yield evaluation_step(record)
    met_on, ending = completed_on(done), facts.ending
    if met_on is not None and (span.ended_on is None or met_on <= span.ended_on):
        yield Step(f"Met on {day(met_on)}, when both were there.")
    elif ending is not None and span.ended_on is not None:
        yield ended_step(ending, "evaluation")
    else:
        yield Step(f"Still missing on {day(today)}: an evaluation for the period up to {day(last)}, discussed.")
