"""The last steps of every explanation: what is still missing, who owes it, what settles it and what else ends it."""

from __future__ import annotations

from collections.abc import Iterator

from policy.duties import Due, Modality, Status, Step
from policy.meeting_year import MeetingYear, scheduled_words
from policy.parameters import meetings_apart_days
from policy.rule_notes import NOTES
from policy.steps import number_step
from policy.words import capital, count, day, listing, small


def closing_steps(due: Due) -> Iterator[Step]:
    """State what follows from how a duty stands; of what is settled only a waiver, and how late it was met."""
    dated = due.modality is not Modality.PERMISSION
    if due.status is Status.WAIVED and due.settled_on is not None:
        yield Step(f"Waived on {day(due.settled_on)} by {due.waived_by}, with the reason: {due.reason}")
    if due.status is Status.MET and due.settled_on is not None and due.settled_on > due.due_on and dated:
        yield Step(f"That was {count((due.settled_on - due.due_on).days, 'calendar day')} after {day(due.due_on)}.")
    if not due.status.unsettled:
        return
    if due.meetings is not None:
        yield from _meeting_steps(due.meetings)
    said = NOTES[due.rule]
    if not dated:
        yield Step(f"What settles it: {said.fulfilled}")
        return
    yield Step(f"Owed by: {due.owner}. The duty is {due.modality.value}.")
    waiver = "" if "waiver" in said.ends else " A waiver with its reason ends it, too."
    yield Step(f"What settles it: {said.fulfilled} What else ends it: {small(said.ends)}{waiver}")


def _meeting_steps(counted: MeetingYear) -> Iterator[Step]:
    """State what is scheduled and still needed, and in a running year by when."""
    if counted.unrecorded:
        yield Step(f"Planned for {listing(map(day, counted.unrecorded))} and not recorded as held.")
    if counted.next_by is None:
        yield Step(f"Still missing: {count(counted.missing, 'meeting')}.")
        return
    yield Step(
        f"Still missing: {count(counted.missing, 'meeting')}. {capital(scheduled_words(counted))}, so "
        f"{counted.needed or 'none'} still {'needs' if counted.needed == 1 else 'need'} a date."
    )
    yield number_step("meetings_pace_percent", counted.first)
    yield Step(
        f"Reading IX.B.2: the text divides no year. {_pace_words(counted)} The pace date is an office target. The "
        "alternative, no date before its last day, would leave every meeting to its end."
    )
    yield number_step("meetings_apart_days", counted.first)
    apart = meetings_apart_days(counted.first)
    yield from _next_steps(counted, apart)
    yield Step(
        f"At risk: {counted.risk}."
        if counted.risk
        else "Not at risk: the pace date has not passed without a meeting, and at least "
        f"{apart} calendar days are left for each meeting without a date."
    )


def _pace_words(counted: MeetingYear) -> str:
    """Say what the pace date asked for, and whether it was so."""
    pace_on = day(counted.pace_on)
    if counted.held:
        held = f"{counted.held} {'was' if counted.held == 1 else 'were'} held"
        return f"One meeting should be held by its pace date, {pace_on}; {held} so far, so it puts nothing at risk."
    if counted.on > counted.pace_on:
        return f"No meeting was held by its pace date, {pace_on}, so the year is at risk."
    return f"If no meeting is held by its pace date, {pace_on}, the year is at risk; that day has not passed yet."


def _next_steps(counted: MeetingYear, apart: int) -> Iterator[Step]:
    """State which meeting is the next, and by when the first one without a date is to be held."""
    after, by = counted.undated_followed_by, counted.undated_by
    scheduled = counted.scheduled
    if scheduled and counted.next_by is not None and scheduled[0] <= counted.next_by:
        yield Step(
            f"The next meeting is the one scheduled for {day(scheduled[0])}; the last day for it is "
            f"{day(counted.next_by)}."
        )
        which = "The first meeting without a date"
    else:
        which = "The next meeting"
    if after is None or by is None:
        return
    if after:
        yield Step(
            f"{which} is to be held by {day(by)}: the last working day on or before {day(counted.last)} - {after} x "
            f"{apart} calendar days, so that the {after} missing after it still {'fits' if after == 1 else 'fit'}. "
            "This is an office target too, and a meeting held sooner after another counts all the same. The "
            "alternative is the year's last working day for all of them."
        )
    else:
        yield Step(f"{which} is the last one missing; it is to be held by {day(by)}, the last working day of the year.")
