"""Steps that the derivations of several rules share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policy.calendar import holiday, on_or_before
from policy.clauses import Clause, cite
from policy.dates import AgreementYear, Term, Timeline
from policy.duties import Basis, Step
from policy.editions import EDITIONS, Edition
from policy.facts import Ending, EndingKind, Facts, ProgramFacts
from policy.words import day

F_12 = cite("FAQ F-12")


def signing_steps(timeline: Timeline) -> Iterator[Step]:
    """State the original signing, from which everything is counted."""
    first = timeline.terms[0].agreement
    kind = "first agreement on record, a renewal," if first.renewal else "original agreement"
    yield Step(
        f"The {kind} was signed on {day(first.signed_on)}. "
        "Reading A24: with several signers, the signing date is that of the last OSHA signature."
    )


def year_steps(timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    """State the agreement year and how its first and last day follow from the signing."""
    yield from signing_steps(timeline)
    original = timeline.terms[0].signed_on
    if year.anchor != original:
        yield Step(
            f"The years of this alliance are counted anew from the renewal signed on {day(year.anchor)}, as "
            "recorded for this alliance. Reading A03: the default anchor is the original signing; "
            "re-anchoring is a recorded choice."
        )
    leap = " The anniversary of February 29 in a common year is February 28." if _leap(year.anchor) else ""
    yield Step(
        f"The agreement year is {day(year.first)} to {day(year.last)}. Reading A02: the text does not define "
        "“year”; it is read as the agreement year, from one anniversary to the day before the next. The "
        f"alternative is the calendar or fiscal year.{leap}"
    )


def edition_steps(edition: Edition, term: Term, on: date, *, carried_over: bool) -> Iterator[Step]:
    """State which edition governs, and whether it is silent."""
    sentence = (
        f"On {day(on)} the latest agreement was the one signed on {day(term.signed_on)}; {edition.name}, in "
        f"force from {day(edition.in_force_from)}, governs it."
    )
    if term.signed_on < EDITIONS[0].in_force_from:
        sentence = (
            f"On {day(on)} the latest agreement was the one signed on {day(term.signed_on)}. It is older than "
            f"{edition.name} (in force from {day(edition.in_force_from)}) and is read under it."
        )
    if carried_over:
        sentence += silent(edition)
    yield Step(sentence)


def governing_steps(timeline: Timeline, on: date, *, carried_over: bool) -> Iterator[Step]:
    """State which edition governs on a day on which there may be no agreement yet."""
    if timeline.terms and timeline.terms[0].signed_on <= on:
        term = timeline.term_on(on)
        yield from edition_steps(term.edition, term, on, carried_over=carried_over)
        return
    edition = timeline.edition_on(on)
    yield Step(
        f"On {day(on)} no agreement was signed; {edition.name}, in force from {day(edition.in_force_from)}, is "
        f"applied.{silent(edition) if carried_over else ''}"
    )


def silent(edition: Edition) -> str:
    """Word that an edition is silent, so that the older text is applied."""
    return (
        f" What is known of {edition.name} is silent here, so the text of CSP 04-01-002 is applied and the duty "
        "is marked as carried over."
    )


def due_steps(
    facts: Facts | ProgramFacts,
    timeline: Timeline,
    due_on: date,
    basis: Basis,
    *,
    sentence: str,
    clause: Clause | None = None,
) -> Iterator[Step]:
    """State the due date, then what weekends, holidays and the start of tracking do to it (nothing)."""
    yield Step(sentence, clause)
    if basis is Basis.OFFICE:
        yield Step("The date is a target set by the office, not a legal deadline; it is never called overdue.")
    working_day = on_or_before(due_on, timeline.closures)
    if working_day != due_on:
        name = holiday(due_on, timeline.closures) or f"a {('Saturday', 'Sunday')[due_on.weekday() - 5]}"
        yield Step(
            f"{day(due_on)} is {_article(name)}. The date does not move; the last federal working day on or "
            f"before it is {day(working_day)}."
        )
    if not timeline.terms or facts.tracked_from > timeline.terms[0].signed_on:
        what = "alliance" if isinstance(facts, Facts) else "program"
        yield Step(
            f"This {what} is tracked from {day(facts.tracked_from)}; a duty due before that day would not "
            "have been created."
        )
    if len(facts.offices) > 1:
        yield Step(
            f"{len(facts.offices)} offices share this alliance. It owes the duty once; the lead office, "
            f"{facts.offices[0]}, owns it."
        )


def ended_step(ending: Ending, what: str) -> Step:
    """State that the alliance ended and no longer owes something."""
    if ending.kind is EndingKind.AMBASSADOR:
        return Step(
            f"The alliance became an Ambassador on {day(ending.ended_on)}; the unfinished year owes no {what}.",
            F_12,
        )
    return Step(f"The alliance ended on {day(ending.ended_on)}; the unfinished year owes no {what}.")


def ended_because(ending: Ending | None) -> str:
    """Word the reason for which an unfinished year's duty is lifted."""
    if ending is not None and ending.kind is EndingKind.AMBASSADOR:
        return "The alliance became an Ambassador before the agreement year was over (FAQ F-12)."
    return "The alliance ended before the agreement year was over."


def _article(name: str) -> str:
    if name.startswith("a "):
        return name
    return f"a {name}" if name == "federal closure" else f"a federal holiday ({name})"


def _leap(anchor: date) -> bool:
    return (anchor.month, anchor.day) == (2, 29)
