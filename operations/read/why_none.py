"""Why an alliance, or the program, has no duty of a rule on a day, and when one would open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from operations.gather_facts import Gathered
from operations.gather_program import Owing
from policy.dates import State, state_on, terms_of
from policy.duties import Modality
from policy.facts import Facts, Level
from policy.parameters import lapse_after_days
from policy.rule_notes import NOTES
from policy.rules import RULES, ambassador_eligible
from policy.words import day, small

#: What each agreement year asks for: a lapsed alliance opens no new one.
YEARLY = frozenset({"meetings", "work-plan", "report-handoff", "annual-report", "evaluation"})
#: How far ahead is looked for a duty: longer than any term.
_AHEAD = timedelta(days=6 * 366)


def why_none(of: Owing, rule: str, on: date) -> str:
    """Say in a sentence or two why no duty of a rule has opened by a day."""
    notes = NOTES[rule]
    if not isinstance(of, Gathered):
        return f"It is asked of alliances ({notes.levels}), not of the program as a whole."
    if RULES[rule].program_function is not None:
        return "It is asked of the program as a whole: name the program as the alliance."
    facts = of.facts
    if facts.level.value not in notes.levels:
        return f"It is asked of {notes.levels} alliances only; this one is {facts.level.value}."
    reasons = [_ended(facts, rule, on) or _opens(of, rule, on), _untracked(of, rule, on)]
    opens = f"It opens {small(notes.opens)}"
    return " ".join(filter(None, reasons)) or f"{_not_caused(facts, rule)} {opens}"


def _not_caused(facts: Facts, rule: str) -> str:
    """Say what is missing for it to open."""
    if rule == ambassador_eligible.RULE:
        if not facts.ambassador_option and facts.level is not Level.NATIONAL:
            return "The office has switched the option off."
        if not any(agreement.renewal for agreement in facts.agreements):
            return "No renewal is on record, and it takes an initial agreement and one renewal term that are completed."
    return "Nothing on record has caused it."


def _ended(facts: Facts, rule: str, on: date) -> str | None:
    """Say that the alliance ended, or of what is asked each year since when it has lapsed."""
    known = facts.as_of(on)
    if known.ending is not None:
        kind = known.ending.kind.value
        return f"The alliance ended on {day(known.ending.ended_on)} ({kind}), so none opens any more."
    if rule not in YEARLY or state_on(known, on) is not State.LAPSED:
        return None
    term = terms_of(known)[-1]
    until = term.in_effect_until(on)
    days = lapse_after_days(until) if facts.lapse_after_days is None else facts.lapse_after_days
    return (
        f"The agreement was in effect through {day(until)}; the alliance has lapsed since "
        f"{day(until + timedelta(days=days + 1))}, and a lapsed alliance opens no new year."
    )


def _opens(of: Gathered, rule: str, on: date) -> str | None:
    """Say when it would open if nothing more is recorded."""
    coming = [due for due in of.duties_on(on + _AHEAD) if due.rule == rule and due.opens_on > on]
    if not coming:
        return None
    first = min(coming, key=lambda due: due.opens_on)
    if first.modality is Modality.PERMISSION:
        return f"If nothing else is recorded, it opens on {day(first.opens_on)}."
    return f"If nothing else is recorded, it opens on {day(first.opens_on)} and is due on {day(first.due_on)}."


def _untracked(of: Gathered, rule: str, on: date) -> str | None:
    """Say that it fell due before the alliance was tracked."""
    facts = of.facts
    begins = min((agreement.signed_on for agreement in facts.agreements), default=facts.tracked_from)
    whole = replace(of, facts=replace(facts, tracked_from=min(begins, facts.tracked_from)))
    earlier = [due for due in whole.duties_on(on) if due.rule == rule]
    if not earlier:
        return None
    return (
        f"It was last due on {day(max(due.due_on for due in earlier))}; this alliance is tracked from "
        f"{day(facts.tracked_from)}, and what fell due before is not asked for."
    )
