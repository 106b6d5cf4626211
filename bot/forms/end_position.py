"""Let a position end; what that leaves without an owner is shown before it is saved."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.effect_words import NOT_SAVED
from bot.form_types import Ask, Choice, Draft, OfficeForm, Opening, Said, Submitting, previewed
from bot.people_words import change_lines
from operations.hands.change_position import end_position
from operations.read.people import people_of_office, position_choices
from operations.refusals import Refused
from policy.rights import Verb


class EndPosition(OfficeForm):
    """Which position ends, and with which day of the office."""

    position: Annotated[int, Ask(offered=True)] = Field(title="Position")
    until: date = Field(title="Last day", description="The position is held through this day. A past day is fine.")


def _open(opening: Opening) -> Draft:
    known = position_choices(opening.session, opening.office, now=opening.now, own=False)
    shown = people_of_office(opening.session, opening.office, now=opening.now)
    if not known:
        raise Refused(f"Nobody holds a position at {shown.name}; there is nothing to end.")
    return Draft(
        values={"until": shown.today, "position": str(known[0][0]) if len(known) == 1 else None},
        choices={"position": [Choice(str(id), label) for id, label in known]},
        intro=[
            (
                f"A position at *{safe(shown.name)}*. Duties that the person has go back to the office the day "
                "after, and what is asked of them to who can decide it then. What they did stays as it was."
            )
        ],
    )


def _submit(submitting: Submitting, typed: EndPosition) -> Said:
    change = end_position(
        submitting.session,
        position_id=typed.position,
        last_day=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    what = f"{safe(change.person)}, {change.role} of *{safe(change.office_name)}*"
    lines = change_lines(change) or ["Nothing is left without an owner."]
    return Said(
        "\n".join([f"{what}: {full_day(typed.until)} is the last day.", *lines]),
        "\n".join([f"{what}: {full_day(typed.until)} will be the last day.", *lines, NOT_SAVED]),
        change.record,
    )


FORM = previewed(
    "end_position",
    "End a position",
    EndPosition,
    Verb.NAME_PEOPLE,
    open=_open,
    submit=_submit,
)
