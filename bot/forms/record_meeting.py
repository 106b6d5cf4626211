"""Record an Implementation Team meeting: held, planned, moved or cancelled."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    files_field,
)
from operations.operate.call_off_meeting import cancel_meeting, move_meeting
from operations.operate.record_meeting import record_meeting
from operations.read.team import read_team
from operations.refusals import Refused
from policy.meeting_year import meeting_words
from policy.rights import Verb
from policy.words import clock, day

Value = TypeVar("Value")
What = Literal["held", "planned", "moved", "cancelled"]
WHAT = {
    "held": "It was held",
    "planned": "It is planned",
    "moved": "A planned meeting was moved",
    "cancelled": "A planned meeting was cancelled",
}
MEETS = ("held", ("held", "planned"))
MOVED = ("held", ("moved",))
TAKES_PLACE = ("held", ("held", "planned", "moved"))
CALLED_OFF = ("held", ("moved", "cancelled"))


class RecordMeeting(AllianceForm):
    """A meeting of the team (CSP 04-01-002 VI.H)."""

    held: Annotated[What, Ask(radio=True, offered=True, steers=True)] = Field(
        title="Held or planned", description="Only a meeting that was held counts for the agreement year."
    )
    meeting: Annotated[int | None, Ask(offered=True, only=CALLED_OFF)] = Field(None, title="Planned meeting")
    moved_to: Annotated[date | None, Ask(only=MOVED)] = Field(None, title="New date")
    because: Annotated[str | None, Ask(only=CALLED_OFF)] = Field(None, title="Reason", max_length=1000)
    on: Annotated[date | None, Ask(only=MEETS)] = Field(None, title="Date of the meeting")
    begins_at: Annotated[time | None, Ask(only=TAKES_PLACE)] = Field(None, title="Begins at")
    was: Annotated[int | None, Ask(offered=True)] = Field(
        None, title="Planned for another day", description="Only where the meeting was planned for another day."
    )
    format: Annotated[
        Literal["in person", "teleconference", "both"] | None,
        Ask(radio=True, labels={"both": "Both: some in person, some by teleconference"}, only=MEETS),
    ] = Field(None, title="How the team met")
    present: Annotated[list[int] | None, Ask(offered=True)] = Field(
        None, title="Members of the team who were there", description="The team: /alliance team."
    )
    attendees: Annotated[str | None, Ask(multiline=True, placeholder="Names and organizations", only=MEETS)] = Field(
        None, title="Attendees", max_length=2000
    )
    notes: Annotated[str | None, Ask(multiline=True, only=MEETS)] = Field(
        None,
        title="Minutes",
        max_length=3000,
        description="What was discussed: progress on the work plan, results, next steps.",
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    about = opening.about
    duties = about.of_rule("meetings")
    team = read_team(opening.session, about.of).members
    planned = [m for m in about.of.facts.meetings if not m.held]
    offered = [Choice(value, label) for value, label in WHAT.items() if planned or value in MEETS[1]]
    dates = [Choice(str(m.id), f"Planned for {day(m.on)}") for m in planned]
    values: dict[str, object] = {"held": "held"}
    held = opening.values.get("held", "held") == "held"
    hidden = {"present"} if not (held and team) else set()
    hidden |= {"was"} if not (held and planned) else set()
    if planned:
        # The one that is next, or else the latest.
        due = next((m for m in planned if m.on >= about.today), planned[-1])
        values["meeting"] = str(due.id)
    return Draft(
        values=values,
        choices={
            "held": offered,
            "meeting": dates,
            "was": dates,
            "present": [Choice(str(one.id), f"{one.name}, {one.organization}") for one in team],
        },
        hints={"begins_at": f"On the clock of the {about.of.office_name}: {about.of.timezone}. Calendars show it."},
        labels={"attendees": "Others who were there"} if team else {},
        hidden=frozenset(hidden),
        required=frozenset({"meeting", "moved_to", "because", "on", "format"}),
        intro=[
            f"Agreement year to {day(due.due_on)}: {meeting_words(due.meetings)}."
            for due in sorted(duties, key=lambda due: due.due_on)
            if due.meetings is not None and due.status.unsettled
        ],
    )


def _submit(submitting: Submitting, typed: RecordMeeting) -> Done:
    if typed.held in CALLED_OFF[1]:
        return _called_off(submitting, typed)
    on, format = _filled(typed.on, "on"), _filled(typed.format, "format")
    outcome = record_meeting(
        submitting.session,
        alliance_id=typed.alliance,
        on=on,
        begins_at=typed.begins_at,
        held=typed.held == "held",
        format=format,
        present=typed.present or [],
        attendees=typed.attendees,
        notes=typed.notes,
        planned_id=typed.was,
        by=submitting.by,
        now=submitting.now,
    )
    how = {"in person": "in person", "teleconference": "by teleconference"}.get(
        format, "in person and by teleconference"
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: team meeting {typed.held} {how} on {full_day(on)}{_at(typed)}.",
        rules=("meetings",),
        on=on,
        undoable=True,
    )


def _called_off(submitting: Submitting, typed: RecordMeeting) -> Done:
    meeting, because = _filled(typed.meeting, "meeting"), _filled(typed.because, "because")
    if typed.held == "cancelled":
        outcome = cancel_meeting(
            submitting.session,
            alliance_id=typed.alliance,
            meeting_id=meeting,
            because=because,
            by=submitting.by,
            now=submitting.now,
        )
        said, on = "the planned meeting was cancelled", outcome.today
    else:
        on = _filled(typed.moved_to, "moved_to")
        outcome = move_meeting(
            submitting.session,
            alliance_id=typed.alliance,
            meeting_id=meeting,
            to=on,
            begins_at=typed.begins_at,
            because=because,
            by=submitting.by,
            now=submitting.now,
        )
        said = f"the planned meeting was moved to {full_day(on)}{_at(typed)}"
    name = safe(outcome.of.facts.name)
    return Done(outcome, f"Recorded for *{name}*: {said}.", rules=("meetings",), on=on, undoable=True)


def _at(typed: RecordMeeting) -> str:
    return "" if typed.begins_at is None else f", {clock(typed.begins_at)}"


def _filled(value: Value | None, field: str) -> Value:
    if value is None:
        raise Refused("Fill this in.", field=field)
    return value


FORM = Form(
    name="record_meeting",
    title="Record a meeting",
    model=RecordMeeting,
    verb=Verb.RECORD,
    open=_open,
    submit=_submit,
)
