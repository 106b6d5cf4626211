"""The first meeting of the Implementation Team after the original signing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts
from policy.parameters import first_meeting_days
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, number_step, signing_steps
from policy.words import day

RULE = "first-meeting"

VI_C = cite("CSP 04-01-002 VI.C (first year)")
IX_B_1 = cite("CSP 04-01-002 IX.B.1")

CLAUSES = (VI_C, IX_B_1)


# VI.C: "The basic outlines of the first year's Work Plan for a new alliance [...] must be finalized in the first
# meeting of the Alliance's Implementation Team."
# IX.B.1: "Convene a meeting of the Implementation Team to finalize the Work Plan for the first year of the
# alliance"
def first_meeting(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The team meets for the first time within 60 calendar days of the original signing.

    Where the first agreement on record is a renewal, the team has met before, and nothing is owed.
    """
    if not timeline.terms or timeline.terms[0].agreement.renewal:
        return
    signed_on = timeline.terms[0].signed_on
    due_on = signed_on + timedelta(days=first_meeting_days(signed_on))
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    if due_on < facts.tracked_from or (ended_on is not None and ended_on < signed_on):
        return
    edition = timeline.terms[0].edition
    yield from stand(
        facts,
        today,
        timeline,
        rule=RULE,
        subject=f"alliance:{facts.id}",
        period=None,
        opens_on=signed_on,
        due_on=due_on,
        basis=Basis.OFFICE,
        modality=Modality.MANDATORY,
        edition=edition,
        clauses=CLAUSES,
        carried_over=carried(edition),
        owner=Owner.ALLIANCE_COORDINATOR,
        met_on=_met_on(facts, signed_on),
        lifted_on=ended_on,
        lifted_because="The alliance ended before its team met.",
        why=partial(_why, facts, today, timeline),
    )


def _met_on(facts: Facts, signed_on: date) -> date | None:
    return min((m.on for m in facts.meetings if m.held and m.on >= signed_on), default=None)


def _why(facts: Facts, today: date, timeline: Timeline) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline))


def _steps(facts: Facts, today: date, timeline: Timeline) -> Iterator[Step]:
    term = timeline.terms[0]
    yield from signing_steps(timeline)
    yield from edition_steps(term.edition, term, term.signed_on, carried_over=carried(term.edition))
    yield Step("The coordinator convenes the team.", IX_B_1)
    days = first_meeting_days(term.signed_on)
    due_on = term.signed_on + timedelta(days=days)
    yield number_step("first_meeting_days", term.signed_on)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OFFICE,
        sentence="Reading A26: the first meeting, which finalizes the first year's work plan, has no day in the "
        "text; the alternative to a target is to wait for the end of the agreement year. "
        f"{day(term.signed_on)} (the original signing) + {days} calendar days = {day(due_on)}.",
    )
    met_on, ending = _met_on(facts, term.signed_on), timeline.ending
    if met_on is not None and (ending is None or met_on <= ending.ended_on):
        yield Step(f"Met on {day(met_on)}, the day of the first meeting held after the signing.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)}; no first meeting is owed any more.")
    else:
        yield Step(
            f"No meeting is recorded as held from {day(term.signed_on)} to {day(today)}; planned ones do not count."
        )
