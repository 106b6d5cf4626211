"""Let somebody act for who holds a position, between two days."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import Ask, Choice, Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.actor import allowed
from operations.hands.change_position import name_designee
from operations.read.people import When, people_of_office, position_choices
from operations.refusals import Refused
from policy.rights import Verb


class NameDesignee(OfficeForm):
    """Who acts for whom, from when to when."""

    position: Annotated[int, Ask(offered=True)] = Field(title="For")
    person: Annotated[str, Ask(person=True)] = Field(title="Designee")
    since: date = Field(title="First day")
    until: date = Field(title="Last day", description="A designee acts between two dates; both names are kept.")


def _open(opening: Opening) -> Draft:
    session = opening.session
    shown = people_of_office(session, opening.office, now=opening.now)
    known = position_choices(session, opening.office, now=opening.now)
    mine = [one.id for one in shown.of(When.NOW) if one.slack_id == opening.by.slack_id and one.acting_for is None]
    if not allowed(session, opening.by, Verb.NAME_PEOPLE, office_codes=[opening.office]):
        known = [(id, label) for id, label in known if id in mine]
    if not known:
        raise Refused(f"You hold no position of your own at {shown.name} for which you could name a designee.")
    chosen = mine[0] if mine else known[0][0] if len(known) == 1 else None
    return Draft(
        values={"since": shown.today, "position": None if chosen is None else str(chosen)},
        choices={"position": [Choice(str(id), label) for id, label in known]},
        intro=[
            (
                f"At *{safe(shown.name)}*: between these days the designee may do all that the position may, and both "
                "names stand with it."
            )
        ],
    )


def _submit(submitting: Submitting, typed: NameDesignee) -> Said:
    change = name_designee(
        submitting.session,
        position_id=typed.position,
        slack_id=typed.person,
        name=submitting.names.get(typed.person, typed.person),
        held_from=typed.since,
        held_until=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    said = (
        f"{safe(change.person)} acts for {safe(change.acting_for or '')}, {change.role} of "
        f"*{safe(change.office_name)}*, from {full_day(typed.since)} to {full_day(typed.until)}."
    )
    return Said(said, said, change.record)


FORM = Form(
    name="name_designee",
    title="Name a designee",
    model=NameDesignee,
    verb=Verb.NAME_DESIGNEE,
    open=_open,
    submit=_submit,
    submit_label="Name",
)
