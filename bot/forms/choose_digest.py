"""Choose when one's own digest comes, and what it leaves out."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Choice, Draft, Form, Opening, PersonForm, Said, Submitting
from bot.setting_words import schedule_words
from operations.refusals import NotAllowed
from operations.remind.choose_digest import choose_digest
from operations.remind.person_schedules import chosen_of
from policy.rights import Verb
from policy.words import clock

#: What may be chosen, with the days of its cron line.
WHEN = {
    "never": "Never",
    "1-5": "Each working day",
    "1": "Each Monday",
    "2": "Each Tuesday",
    "3": "Each Wednesday",
    "4": "Each Thursday",
    "5": "Each Friday",
}
LEAVES_OUT = {
    "offices": "Duties of my offices that are not assigned to me",
    "targets": "Advisory duties and office targets",
    "later": "What is due later than in 14 days",
}
WHAT_IT_IS = (
    "A direct message with what is assigned to you, what waits for your decision, and what your offices owe; none "
    "when there is nothing. It comes on working days; a holiday's comes on the next. What is late and climbs to you "
    "by your position always comes, whatever you choose here."
)


class ChooseDigest(PersonForm):
    """When it comes and what it leaves out."""

    when: Annotated[Literal["never", "1-5", "1", "2", "3", "4", "5"], Ask(labels=WHEN)] = Field(title="When?")
    hour: Annotated[str, Ask(offered=True)] = Field(title="At what time?")
    leaves_out: Annotated[list[Literal["offices", "targets", "later"]], Ask(labels=LEAVES_OUT)] = Field(
        default_factory=list, title="What it leaves out"
    )


def _open(opening: Opening) -> Draft:
    chosen = chosen_of(opening.session, opening.by)
    if chosen is None:
        raise NotAllowed("You hold no position on record, so no digest is made for you. An administrator can add it.")
    minute, hour, *_, days = (chosen.schedule or "0 9 * * 1").split()
    zone = opening.timezone or chosen.timezone
    return Draft(
        values={
            "when": "never" if chosen.schedule is None else days,
            "hour": f"{minute} {hour}",
            "leaves_out": chosen.leaves_out,
        },
        choices={"hour": [Choice(f"0 {hour}", clock(time(hour))) for hour in range(24)]},
        hints={"hour": f"In your time zone as Slack knows it: {zone}."},
        intro=[WHAT_IT_IS],
    )


def _submit(submitting: Submitting, typed: ChooseDigest) -> Said:
    line = None if typed.when == "never" else f"{typed.hour} * * {typed.when}"
    chosen = chosen_of(submitting.session, submitting.by)
    zone = submitting.timezone or (chosen.timezone if chosen else "")
    record = choose_digest(
        submitting.session,
        schedule=line,
        timezone=zone,
        leaves_out=typed.leaves_out,
        by=submitting.by,
        now=submitting.now,
    )
    when = "You get no digest any more" if line is None else f"Your digest comes: {schedule_words(line)} ({safe(zone)})"
    out = f" It leaves out: {', '.join(LEAVES_OUT[part].lower() for part in typed.leaves_out)}."
    return Said(f"{when}.{out if typed.leaves_out and line else ''}", "", record)


FORM = Form(
    name="choose_digest",
    title="My digest",
    model=ChooseDigest,
    verb=Verb.ASK,
    open=_open,
    submit=_submit,
    submit_label="Save",
)
