"""The end that a written notice of termination leads to, or the notice's withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import Clause, cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.editions import CSP_2015, Edition
from policy.facts import Facts, TerminationNotice
from policy.parameters import notice_days
from policy.standing import stand
from policy.steps import due_steps, edition_steps, number_step
from policy.words import day, listing

RULE = "termination-notice"
#: How a notice names OSHA as the one that gave it.
OSHA = "OSHA"

IX_C_LAST = cite("CSP 04-01-002 IX.C (last)")
F_11 = cite("FAQ F-11")


# IX.C (last): "Any signatory may terminate its participation in an alliance at any time, provided that it
# gives 30 days written notice."
def termination_notice(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The end, or the withdrawal, of a noticed termination is recorded on the earliest day of the end."""
    for notice in facts.notices:
        ended_on = None if timeline.ending is None else timeline.ending.ended_on
        if not timeline.terms or (ended_on is not None and ended_on < notice.noticed_on):
            continue
        edition = timeline.term_on(notice.noticed_on).edition
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"notice:{notice.id}",
            period=None,
            opens_on=notice.noticed_on,
            due_on=earliest_end(notice.noticed_on, notice.named_end_on),
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=_clauses(notice, edition),
            carried_over=_carried_over(notice, edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=_met_on(notice),
            lifted_on=ended_on,
            lifted_because="The whole alliance ended otherwise.",
            why=partial(_why, facts, today, timeline, notice),
        )


def earliest_end(noticed_on: date, named_end_on: date | None = None) -> date:
    """Give the first day on which a noticed participation may end: 30 calendar days on, or a later day named."""
    floor = noticed_on + timedelta(days=notice_days(noticed_on))
    return floor if named_end_on is None else max(floor, named_end_on)


def _met_on(notice: TerminationNotice) -> date | None:
    days = [on for on in (notice.withdrawn_on, notice.ended_on) if on is not None]
    return min(days, default=None)


def _by_osha(notice: TerminationNotice) -> bool:
    return notice.given_by == OSHA


def _carried_over(notice: TerminationNotice, edition: Edition) -> bool:
    """The FAQ speaks of OSHA's own notice only; a signatory's rests on the older text."""
    return edition is not CSP_2015 and not _by_osha(notice)


def _clauses(notice: TerminationNotice, edition: Edition) -> tuple[Clause, ...]:
    return (IX_C_LAST, F_11) if edition is not CSP_2015 and _by_osha(notice) else (IX_C_LAST,)


def _why(facts: Facts, today: date, timeline: Timeline, notice: TerminationNotice) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, notice))


def _steps(facts: Facts, today: date, timeline: Timeline, notice: TerminationNotice) -> Iterator[Step]:
    term = timeline.term_on(notice.noticed_on)
    named = (
        "It names no later end." if notice.named_end_on is None else f"It names {day(notice.named_end_on)} as the end."
    )
    yield Step(f"{notice.given_by} gave written notice dated {day(notice.noticed_on)}. {named}")
    yield from edition_steps(term.edition, term, notice.noticed_on, carried_over=_carried_over(notice, term.edition))
    days = notice_days(notice.noticed_on)
    yield number_step("notice_days", notice.noticed_on)
    floor = f"{day(notice.noticed_on)} + {days} calendar days = {day(earliest_end(notice.noticed_on))}"
    yield Step(f"{floor}: no earlier end is accepted.", F_11 if F_11 in _clauses(notice, term.edition) else IX_C_LAST)
    yield Step(
        "Reading A12: the days are counted from the date of the written notice; the alternative is the day it "
        "was received. A signatory's notice ends only its own participation; the alliance ends when OSHA gives "
        "notice or the last outside signatory leaves."
    )
    yield from _others(facts, notice)
    due_on = earliest_end(notice.noticed_on, notice.named_end_on)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OFFICE,
        sentence=f"The end, or the withdrawal of the notice, is to be recorded on {day(due_on)}, the "
        "later of the earliest end and the day the notice names. The earliest end is the directive's, a floor "
        "and not a deadline; recording it on that day is the office's target.",
    )
    yield _found(today, timeline, notice)


def _others(facts: Facts, notice: TerminationNotice) -> Iterator[Step]:
    """State who stays, where the outside signatories are on record."""
    if _by_osha(notice) or not facts.signatories:
        return
    stay = sorted(s.name for s in facts.signatories if s.left_on is None and s.name != notice.given_by)
    if stay:
        yield Step(f"Other signatories stay: {listing(stay)}. The alliance goes on with them.")
    else:
        yield Step(f"No other outside signatory is left: when {notice.given_by} leaves, the alliance ends.")


def _found(today: date, timeline: Timeline, notice: TerminationNotice) -> Step:
    met_on, ending = _met_on(notice), timeline.ending
    if met_on is not None and (ending is None or met_on <= ending.ended_on):
        what = "the notice was withdrawn" if met_on == notice.withdrawn_on else "the end was recorded"
        return Step(f"Met on {day(met_on)}: {what}.")
    if ending is not None:
        return Step(f"The whole alliance ended on {day(ending.ended_on)}; nothing is left to record.")
    return Step(f"Neither an end nor a withdrawal is recorded on or before {day(today)}.")
