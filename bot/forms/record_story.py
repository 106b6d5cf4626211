"""Record a success story."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.operate.record_story import record_story
from policy.rights import Verb


class RecordStory(AllianceForm):
    """What went well, told so that others may follow (CSP 04-01-002 VIII.A.6)."""

    on: date = Field(title="Date")
    title: str = Field(title="Title", max_length=300)
    story: Annotated[str, Ask(multiline=True)] = Field(
        title="Story",
        max_length=3000,
        description="What was done, for whom, and what came of it. A person decides on words that may read as "
        "endorsement (XII.A).",
    )
    address: Annotated[str | None, Ask(placeholder="https://www.osha.gov/alliances/...")] = Field(
        None, title="Address where it can be read", max_length=500, description="Empty while it is not posted."
    )


def _open(opening: Opening) -> Draft:
    return Draft(values={"on": opening.about.today})


def _submit(submitting: Submitting, typed: RecordStory) -> Done:
    outcome = record_story(
        submitting.session,
        alliance_id=typed.alliance,
        on=typed.on,
        title=typed.title,
        story=typed.story,
        address=typed.address,
        by=submitting.by,
        now=submitting.now,
    )
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: success story “{safe(typed.title, 300)}” of "
        f"{full_day(typed.on)}.",
        undoable=True,
    )


FORM = Form(
    name="record_story",
    title="Success story",
    model=RecordStory,
    verb=Verb.RECORD,
    open=_open,
    submit=_submit,
)
