"""Give somebody a position at an office."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import Ask, Choice, Draft, Form, OfficeForm, Opening, Said, Submitting
from bot.people_words import change_lines
from operations.hands.change_position import hold_position
from operations.read.people import people_of_office
from policy.rights import Role, Verb
from policy.seats import seats_at
from policy.words import listing


class HoldPosition(OfficeForm):
    """Who is what, from when to when, as days are counted at the office."""

    person: Annotated[str, Ask(person=True)] = Field(title="Person")
    role: Annotated[Role, Ask(offered=True)] = Field(title="Position")
    since: date = Field(title="First day", description="A past day is fine.")
    until: date | None = Field(None, title="Last day", description="Empty: until somebody ends it.")


def _open(opening: Opening) -> Draft:
    shown = people_of_office(opening.session, opening.office, now=opening.now)
    intro = [f"A position at *{safe(shown.name)}*; what it may do, it may do there and at the offices below."]
    if shown.missing:
        intro.append(f"Vacant: {listing(role.value for role in shown.missing)}.")
    chosen = shown.missing[0].value if shown.missing else None
    return Draft(
        values={"since": shown.today, "role": chosen},
        choices={"role": [Choice(role.value, role.value) for role in seats_at(shown.kind)]},
        intro=intro,
    )


def _submit(submitting: Submitting, typed: HoldPosition) -> Said:
    change = hold_position(
        submitting.session,
        slack_id=typed.person,
        name=submitting.names.get(typed.person, typed.person),
        role=typed.role,
        office_code=submitting.office,
        held_from=typed.since,
        held_until=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    until = "" if typed.until is None else f" to {full_day(typed.until)}"
    said = (
        f"{safe(change.person)} is {change.role} of *{safe(change.office_name)}* from {full_day(typed.since)}{until}. "
        "Reminders go to them from their first day on."
    )
    return Said("\n".join([said, *change_lines(change)]), said, change.record)


FORM = Form(
    name="hold_position",
    title="Give a position",
    model=HoldPosition,
    verb=Verb.NAME_PEOPLE,
    open=_open,
    submit=_submit,
    submit_label="Give",
)
