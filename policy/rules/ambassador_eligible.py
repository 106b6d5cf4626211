"""The notice that an alliance may become a program Ambassador."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Term, Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.editions import CSP_2020, edition_on
from policy.facts import EndingKind, Facts, Level
from policy.standing import done_on, stand
from policy.steps import length_steps, signing_steps
from policy.words import day

RULE = "ambassador-eligible"

F_1 = cite("FAQ F-1 (Ambassador)")
F_12 = cite("FAQ F-12 (eligibility)")
F_12_OPTION = cite("FAQ F-12 (option)")

CLAUSES = (F_1, F_12)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Completed:
    """The day on which the first renewal term was over, what ended it, and the term itself."""

    on: date
    how: str
    term: Term


# FAQ F-1: "Alliance participants that have successfully completed an initial two-year agreement and one renewal
# period may become program Ambassadors."
# FAQ F-12: "Alliances that have successfully completed at least one two-year initial Alliance and one renewal term
# may be eligible for Ambassador status."
def ambassador_eligible(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """An alliance may become an Ambassador once its initial term and one renewal term are completed.

    A permission: it has no due date, is never late and never chased. Nothing is shown before the 2020 edition,
    which brought the status, nor where a Regional or Area Office has switched the option off.
    """
    if not facts.ambassador_option and facts.level is not Level.NATIONAL:
        return
    completed = _completed(timeline)
    if completed is None:
        return
    eligible_on = max(completed.on, CSP_2020.in_force_from)
    ending = timeline.ending
    if ending is not None and ending.ended_on < eligible_on:
        return
    became = ending is not None and ending.kind is EndingKind.AMBASSADOR
    yield from stand(
        facts,
        today,
        timeline,
        rule=RULE,
        subject=f"alliance:{facts.id}",
        period=None,
        opens_on=eligible_on,
        due_on=eligible_on,
        basis=Basis.FAQ,
        modality=Modality.PERMISSION,
        edition=edition_on(eligible_on),
        clauses=CLAUSES,
        owner=Owner.ALLIANCE_COORDINATOR,
        met_on=_met_on(facts, timeline),
        lifted_on=None if ending is None or became else ending.ended_on,
        lifted_because="The alliance ended in another way.",
        why=partial(_why, facts, today, timeline, completed),
    )


def _completed(timeline: Timeline) -> _Completed | None:
    """Give the completion of the first renewal term; None without one.

    A renewal implies an initial term before it, also where that is not on record.
    """
    index = next((n for n, term in enumerate(timeline.terms) if term.agreement.renewal), None)
    if index is None:
        return None
    term, following = timeline.terms[index], timeline.terms[index + 1 : index + 2]
    ends = [(term.expires_on + _DAY, "it ran out the day before")]
    ends += [(later.signed_on, "the next agreement was signed on that day") for later in following]
    ending = timeline.ending
    if ending is not None and ending.kind is EndingKind.AMBASSADOR and ending.ended_on >= term.signed_on:
        ends.append((ending.ended_on, "the Ambassador document ended it on that day"))
    return _Completed(*min(ends), term)


def _met_on(facts: Facts, timeline: Timeline) -> date | None:
    """Give the day of the offer, or of the Ambassador document."""
    ending = timeline.ending
    became_on = ending.ended_on if ending is not None and ending.kind is EndingKind.AMBASSADOR else None
    days = (done_on(facts, RULE, f"alliance:{facts.id}"), became_on)
    return min((on for on in days if on is not None), default=None)


def _why(facts: Facts, today: date, timeline: Timeline, completed: _Completed) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, completed))


def _steps(facts: Facts, today: date, timeline: Timeline, completed: _Completed) -> Iterator[Step]:
    yield from signing_steps(timeline)
    yield Step("A participant may become an Ambassador after an initial agreement and one renewal period.", F_1)
    yield Step(
        f"The first renewal was signed on {day(completed.term.signed_on)}; its term was over on {day(completed.on)}: "
        f"{completed.how}."
    )
    if completed.term.assumed and completed.on > completed.term.expires_on:
        yield from length_steps(completed.term)
    eligible_on = max(completed.on, CSP_2020.in_force_from)
    yield Step(
        f"Eligible from {day(eligible_on)}, the later of that day and the first day of {CSP_2020.name}, which brought "
        "the status. Reading A21: a term is completed when it has ended, or when the Ambassador document ends it; the "
        "alternative is to count a renewal as soon as it is signed. Whether the terms were completed successfully is "
        "for the office to judge.",
        F_12,
    )
    if facts.level is not Level.NATIONAL:
        yield Step("The office has not switched the option off.", F_12_OPTION)
    met_on, ending = _met_on(facts, timeline), timeline.ending
    if met_on is not None and ending is not None and met_on == ending.ended_on:
        yield Step(f"The alliance became an Ambassador on {day(met_on)}.")
    elif met_on is not None:
        yield Step(f"Ambassador status was offered on {day(met_on)}.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)} in another way.")
    else:
        yield Step(
            f"A permission, not a duty: nobody is reminded of it. No offer is recorded on or before {day(today)}."
        )
