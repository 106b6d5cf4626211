"""Give an alliance, or one of its participants, another name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Choice, Draft, Form, Opening, Said, Submitting
from bot.values import read_number
from operations.hands.rename import rename_alliance, rename_participant
from policy.rights import Verb

ITSELF = "alliance"


class RenameAlliance(AllianceForm):
    """Which name is another one from now on."""

    which: Annotated[str, Ask(offered=True)] = Field(title="What is called otherwise?")
    name: str = Field(title="Name from now on", max_length=300)


def _open(opening: Opening) -> Draft:
    about = opening.about
    return Draft(
        values={"which": ITSELF, "name": about.name},
        choices={
            "which": [
                Choice(ITSELF, f"The alliance: {about.name}"),
                *(Choice(str(id), f"Participant: {name}") for id, name in about.signatories),
            ]
        },
        intro=["It is the same alliance, or the same organization, as before; the old name still finds it."],
    )


def _submit(submitting: Submitting, typed: RenameAlliance) -> Said:
    by, now = submitting.by, submitting.now
    if typed.which == ITSELF:
        done = rename_alliance(submitting.session, alliance_id=typed.alliance, name=typed.name, by=by, now=now)
    else:
        done = rename_participant(
            submitting.session,
            alliance_id=typed.alliance,
            signatory_id=read_number(typed.which),
            name=typed.name,
            by=by,
            now=now,
        )
    said = f"*{safe(done.before)}* is called *{safe(done.after)}* from now on; the old name still finds it."
    return Said(said, said, done.record)


FORM = Form(
    name="rename_alliance",
    title="Rename",
    model=RenameAlliance,
    verb=Verb.REARRANGE,
    open=_open,
    submit=_submit,
    submit_label="Rename",
)
