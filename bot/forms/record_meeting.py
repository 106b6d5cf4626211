"""Record an Implementation Team meeting, held or planned."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.operate.record_meeting import record_meeting
from policy.meeting_year import meeting_words
from policy.rights import Verb
from policy.words import day


class RecordMeeting(AllianceForm):
    """A meeting of the team (CSP 04-01-002 VI.H)."""

    held: Annotated[
        Literal["held", "planned"], Ask(radio=True, labels={"held": "It was held", "planned": "It is planned"})
    ] = Field(title="Held or planned", description="Only a meeting that was held counts for the agreement year.")
    on: date = Field(title="Date of the meeting")
    format: Annotated[
        Literal["in person", "teleconference", "both"],
        Ask(radio=True, labels={"both": "Both: some in person, some by teleconference"}),
    ] = Field(title="How the team met")
    attendees: Annotated[str | None, Ask(multiline=True, placeholder="Names and organizations")] = Field(
        None, title="Attendees", max_length=2000
    )
    notes: Annotated[str | None, Ask(multiline=True)] = Field(
        None,
        title="Notes",
        max_length=3000,
        description="What was discussed: progress on the work plan, results, next steps.",
    )


def _open(opening: Opening) -> Draft:
    duties = opening.about.of_rule("meetings")
    return Draft(
        values={"held": "held"},
        intro=[
            f"Agreement year to {day(due.due_on)}: {meeting_words(due.meetings)}."
            for due in sorted(duties, key=lambda due: due.due_on)
            if due.meetings is not None and due.status.unsettled
        ],
    )


def _submit(submitting: Submitting, typed: RecordMeeting) -> Done:
    outcome = record_meeting(
        submitting.session,
        alliance_id=typed.alliance,
        on=typed.on,
        held=typed.held == "held",
        format=typed.format,
        attendees=typed.attendees,
        notes=typed.notes,
        by=submitting.by,
        now=submitting.now,
    )
    how = {"in person": "in person", "teleconference": "by teleconference"}.get(
        typed.format, "in person and by teleconference"
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: team meeting {typed.held} {how} on {full_day(typed.on)}.",
        rules=("meetings",),
        on=typed.on,
        undoable=True,
    )


FORM = Form(
    name="record_meeting",
    title="Record a meeting",
    model=RecordMeeting,
    verb=Verb.RECORD,
    open=_open,
    submit=_submit,
)
