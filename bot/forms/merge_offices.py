"""Merge an office into another; what moves is shown before it is done, for it cannot be undone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Draft, Form, OfficeForm, Opening, Said, Submitting
from bot.move_words import WITHIN_MINUTES, named
from operations.hands.merge_offices import merge_offices
from operations.read.people import people_of_office
from policy.rights import Verb
from policy.words import count

KEEP, TAKE = "keep", "take"


class MergeOffices(OfficeForm):
    """Into which office, and whose settings and channel hold there."""

    office: Annotated[str, Ask(search="office", placeholder="Type a part of its name")] = Field(
        title="Into which office?"
    )
    settings: Annotated[
        Literal["keep", "take"], Ask(labels={KEEP: "Those of the other office", TAKE: "Those of this one"}, radio=True)
    ] = Field(title="Settings and schedule that hold there")
    channel: Annotated[
        Literal["keep", "take"], Ask(labels={KEEP: "That of the other office", TAKE: "That of this one"}, radio=True)
    ] = Field(title="Channel of the reminders")


def _open(opening: Opening) -> Draft:
    shown = people_of_office(opening.session, opening.office, now=opening.now)
    return Draft(
        values={"settings": KEEP, "channel": KEEP},
        intro=[
            (
                f"*{safe(shown.name)}* is closed with its history, and its name finds the other office. Its "
                "alliances, the positions still held, the offices below it and what is open go over. What moves is "
                "shown first."
            )
        ],
    )


def _submit(submitting: Submitting, typed: MergeOffices) -> Said:
    done = merge_offices(
        submitting.session,
        office_code=submitting.office,
        into_code=typed.office,
        take_settings=typed.settings == TAKE,
        take_channel=typed.channel == TAKE,
        by=submitting.by,
        now=submitting.now,
        tried=submitting.tried,
    )
    lines = [
        *named("alliance", done.alliances),
        f"{count(done.people, 'position')} still held.",
        *named("office below it", done.offices, "offices below it"),
        *([WITHIN_MINUTES] if done.later else []),
    ]
    closed, into = f"*{safe(done.closed)}*", f"*{safe(done.into)}*"
    return Said(
        "\n".join([f"{closed} is closed; {into} took over:", *lines]),
        "\n".join([f"{closed} will be closed, and {into} takes over:", *lines, "_This cannot be undone._"]),
    )


FORM = Form(
    name="merge_offices",
    title="Merge an office",
    model=MergeOffices,
    verb=Verb.ADMINISTER,
    open=_open,
    submit=_submit,
    submit_label="What moves?",
    confirm=lambda said: said.preview,
    confirm_title="What moves",
    confirm_label="Merge",
)
