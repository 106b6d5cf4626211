"""The last steps of every explanation: what is still missing, who owes it, what settles it and what else ends it."""

from __future__ import annotations

from collections.abc import Iterator

from policy.duties import Due, Modality, Status, Step
from policy.meeting_year import MeetingYear, scheduled_words
from policy.parameters import meetings_apart_days
from policy.rule_notes import NOTES
from policy.steps import number_step
from policy.words import capital, count, day, listing


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
    yield Step(f"What settles it: {said.fulfilled} What else ends it: {said.ends}{waiver}")


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
        f"Reading IX.B.2: the text divides no year. With no meeting held by its pace date, {day(counted.pace_on)}, the "
        "year is at risk. The pace date is an office target. The alternative, no date before its last day, would "
        "leave every meeting to its end."
    )
    yield number_step("meetings_apart_days", counted.first)
    apart, spare = meetings_apart_days(counted.first), counted.missing - 1
    if spare:
        yield Step(
            f"The next meeting is to be held by {day(counted.next_by)}: the last working day on or before "
            f"{day(counted.last)} - {spare} x {apart} calendar days, so that the {spare} missing after it still "
            f"{'fits' if spare == 1 else 'fit'}. This is an office target too, and a meeting held sooner after another "
            "counts all the same. The alternative is the year's last working day for all of them."
        )
    else:
        yield Step(
            f"The next meeting is the last one missing; it is to be held by {day(counted.next_by)}, the last working "
            "day of the year."
        )
    yield Step(
        f"At risk: {counted.risk}."
        if counted.risk
        else "Not at risk: the pace date has not passed without a meeting, and at least "
        f"{apart} calendar days are left for each meeting without a date."
    )
