"""Split an office: some of its alliances and positions go to a new one beside it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Choice, Draft, Form, OfficeForm, Opening, Said, Submitting
from bot.move_words import WITHIN_MINUTES, named
from operations.hands.split_office import split_office
from operations.read.choices import alliances_run_by
from operations.read.people import people_of_office, position_choices
from policy.rights import Verb
from policy.words import count


class SplitOffice(OfficeForm):
    """What the new office is called, and what goes there."""

    name: str = Field(title="Name of the new office", max_length=300)
    code: str = Field(title="Its code", max_length=20, description="2 to 20 letters, digits and hyphens.")
    alliances: Annotated[list[int], Ask(offered=True)] = Field(default_factory=list, title="Alliances that go there")
    positions: Annotated[list[int], Ask(offered=True)] = Field(
        default_factory=list, title="Positions that go there", description="Designees go with those for whom they act."
    )


def _open(opening: Opening) -> Draft:
    shown = people_of_office(opening.session, opening.office, now=opening.now)
    held = position_choices(opening.session, opening.office, now=opening.now)
    run = alliances_run_by(opening.session, opening.office)
    hidden = {name for name, choices in (("alliances", run), ("positions", held)) if not choices}
    return Draft(
        choices={
            "alliances": [Choice(str(id), name) for id, name in run],
            "positions": [Choice(str(id), label) for id, label in held],
        },
        hidden=frozenset(hidden),
        intro=[
            (
                f"The new office stands beside *{safe(shown.name)}*, under the same office and in its time zone. "
                "What goes there takes its open duties along; the history stays."
            )
        ],
    )


def _submit(submitting: Submitting, typed: SplitOffice) -> Said:
    done = split_office(
        submitting.session,
        office_code=submitting.office,
        new_code=typed.code,
        new_name=typed.name,
        alliance_ids=typed.alliances,
        position_ids=typed.positions,
        by=submitting.by,
        now=submitting.now,
        tried=submitting.tried,
    )
    lines = [
        *named("alliance", done.alliances),
        f"{count(done.people, 'position')}.",
        *([WITHIN_MINUTES] if done.later else []),
    ]
    new, old = f"*{safe(done.name)}* ({done.code})", f"*{safe(done.beside)}*"
    after = "Set its channel and settings with /alliance office."
    return Said(
        "\n".join([f"{new} stands beside {old}. What went there:", *lines, after]),
        "\n".join([f"{new} will stand beside {old}. What goes there:", *lines, "_Nothing is saved yet._"]),
    )


FORM = Form(
    name="split_office",
    title="Split an office",
    model=SplitOffice,
    verb=Verb.ADMINISTER,
    open=_open,
    submit=_submit,
    submit_label="What moves?",
    confirm=lambda said: said.preview,
    confirm_title="What moves",
    confirm_label="Split",
)
