"""Steps that the derivations of several rules share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from policy.calendar import holiday, on_or_before
from policy.clauses import Clause, cite
from policy.dates import AgreementYear, Term, Timeline
from policy.duties import Basis, Step
from policy.editions import CSP_2015, EDITIONS, Edition
from policy.facts import Ending, EndingKind, Facts, ProgramFacts
from policy.parameters import PARAMETERS, value_in_words
from policy.words import count, day

F_12 = cite("FAQ F-12")
VII_B = cite("CSP 04-01-002 VII.B")
F_10_TERM = cite("FAQ F-10 (term)")


def signing_steps(timeline: Timeline) -> Iterator[Step]:
    """State the original signing, from which everything is counted."""
    first = timeline.terms[0].agreement
    kind = "first agreement on record, a renewal," if first.renewal else "original agreement"
    yield signed_step(kind, first.signed_on)


def signed_step(kind: str, signed_on: date) -> Step:
    """State when an agreement was signed, and whose signature counts."""
    return Step(
        f"The {kind} was signed on {day(signed_on)}. Reading A24: with several signers, the signing date is that of "
        "the last OSHA signature. The alternatives are the first signature and the participants' own."
    )


def length_steps(term: Term) -> Iterator[Step]:
    """State how long a term runs, and where that is assumed, by which number."""
    length = count(term.years, "year")
    sentence = f"The term on record is {length}."
    if not term.agreement.renewal and term.agreement.term_years is None:
        sentence = f"An initial agreement runs {length}."
    elif term.assumed:
        sentence = (
            f"No term of this renewal is on record; {length} is assumed, the default under {term.edition.name}. Enter "
            "the term in the agreement to replace the assumption."
        )
    yield Step(sentence, F_10_TERM if term.assumed and term.edition is not CSP_2015 else VII_B)
    if term.assumed:
        yield number_step("renewal_term_years", term.signed_on)


def year_steps(timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    """State the agreement year and how its first and last day follow from the signing."""
    yield from signing_steps(timeline)
    original = timeline.terms[0].signed_on
    if year.anchor != original:
        yield Step(
            f"The years of this alliance are counted anew from the renewal signed on {day(year.anchor)}, as "
            "recorded for this alliance with its reason. Reading A03: re-anchoring is a choice for one alliance; the "
            "alternative, and the default, is the original signing."
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
        f"force from {day(edition.in_force_from)}, governs it, because an agreement follows the edition in force on "
        "its signing day."
    )
    if term.signed_on < EDITIONS[0].in_force_from:
        sentence = (
            f"On {day(on)} the latest agreement was the one signed on {day(term.signed_on)}. It is older than "
            f"{edition.name} (in force from {day(edition.in_force_from)}) and is read under it. The alternative is the "
            "directive of 2004, which it cancelled."
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
        f" What is known of the text of {edition.name} is silent here, so the text of CSP 04-01-002 is applied and "
        "the duty is marked as carried over. The alternative, that the duty went with the older text, is stated "
        "nowhere."
    )


#: What it means that a date has a basis.
MEANING = {
    Basis.DIRECTIVE: "The date rests on the directive itself and is no target of an office: from the day after, the "
    "duty is overdue.",
    Basis.FAQ: "The date is OSHA's own: its published FAQ sets it. From the day after, the duty is overdue.",
    Basis.OSHA_WEB: "The date is OSHA's own: one of its web pages sets it. From the day after, the duty is overdue.",
    Basis.OFFICE: "The date is a target set by the office, not a legal deadline; it is never called overdue, only past "
    "its target.",
}

#: What a number, or a word, of the parameters says.
_WHAT = {
    "meetings_a_year": "What is asked for in an agreement year",
    "meetings_pace_percent": "The part of the year that ends with its pace date",
    "meetings_apart_days": "The time kept free for each meeting still to be held",
    "area_meetings_modality": "The force of the count for an area office",
    "annual_report_days": "The time for the annual report after its year",
    "renewal_term_years": "The term of a renewal where none is on record",
    "renewal_decision_lead_days": "The time before expiry at which the decision opens",
    "notice_days": "The least time from a notice to the end",
    "lapse_after_days": "The time after expiry at which an alliance lapses",
    "report_handoff_days": "The time for the hand-over of the report after its year",
    "first_work_plan_days": "The time for the first work plan after the signing",
    "first_meeting_days": "The time for the first meeting after the signing",
    "work_plan_days": "The time for the work plan of a later year after its first day",
    "work_plan_modality": "The force of the yearly work plan",
    "signed_copy_months": "The time for the signed copy after the signing",
    "report_posting_days": "The time for the posting after the submission",
    "extension_warning_months": "The longest extension without a warning",
    "draft_comment_working_days": "The time for a comment after the request",
    "activity_notice_working_days": "The time from the notice to the activity",
}

#: Where a number comes from, by its basis.
_SOURCES = {
    "directive": "the directive states it",
    "faq": "OSHA's FAQ states it",
    "osha-web": "an OSHA web page states it, in the service of this clause",
    "office": "an office's choice in the service of this clause, which does not state it",
}


def number_step(name: str, on: date, source: str | None = None) -> Step:
    """State where a number or a word of the parameters comes from, and when it was last compared with its source.

    `source` says it where the basis alone does not.
    """
    value = PARAMETERS[name].at(on)
    return Step(
        f"{_WHAT[name]} is {value_in_words(value)} (`{name}`): {source or _SOURCES[value.basis]}; last checked on "
        f"{day(value.last_checked_on)}.",
        value.clause,
    )


def due_steps(
    facts: Facts | ProgramFacts,
    timeline: Timeline,
    due_on: date,
    basis: Basis,
    *,
    sentence: str,
    clause: Clause | None = None,
    meaning: str | None = None,
) -> Iterator[Step]:
    """State the due date, then what weekends, holidays and the start of tracking do to it (nothing).

    `meaning` says what the basis means where that is more than its own sentence.
    """
    yield Step(sentence, clause)
    yield Step(meaning or MEANING[basis])
    yield _working_day_step(due_on, timeline)
    if not timeline.terms or facts.tracked_from > timeline.terms[0].signed_on:
        what = "This alliance" if isinstance(facts, Facts) else "The program"
        yield Step(
            f"{what} is tracked from {day(facts.tracked_from)}; a duty due before that day would not have been created."
        )
    if isinstance(facts, Facts) and len(facts.offices) > 1:
        yield Step(
            f"{len(facts.offices)} offices share this alliance. It owes the duty once; the lead office, {facts.lead}, "
            "owns it, and its time zone says what day it is. The alternative, one duty for each office, would ask for "
            "the same thing several times."
        )


def _working_day_step(due_on: date, timeline: Timeline) -> Step:
    working_day = on_or_before(due_on, timeline.closures)
    if working_day == due_on:
        return Step(f"{day(due_on)} is a federal working day, so no earlier day stands beside it.")
    name = holiday(due_on, timeline.closures) or f"a {('Saturday', 'Sunday')[due_on.weekday() - 5]}"
    between = [working_day + timedelta(days=n) for n in range(1, (due_on - working_day).days)]
    skipped = [f"{day(closed)} is {_article(why)}" for closed in between if (why := holiday(closed, timeline.closures))]
    because = f" ({'; '.join(skipped)})" if skipped else ""
    return Step(
        f"{day(due_on)} is {_article(name)}. The date does not move; the last federal working day on or "
        f"before it is {day(working_day)}{because}, shown beside it because nobody can act on a closed day."
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
