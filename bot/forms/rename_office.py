"""Give an office another name."""

from __future__ import annotations

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.hands.rename import rename_office
from operations.read.people import people_of_office
from policy.rights import Verb


class RenameOffice(OfficeForm):
    """What the office is called from now on."""

    name: str = Field(title="Name", max_length=300)


def _open(opening: Opening) -> Draft:
    shown = people_of_office(opening.session, opening.office, now=opening.now)
    return Draft(
        values={"name": shown.name},
        intro=["Its code, people, alliances and history stay, and the name of before still finds it."],
    )


def _submit(submitting: Submitting, typed: RenameOffice) -> Said:
    done = rename_office(
        submitting.session, office_code=submitting.office, name=typed.name, by=submitting.by, now=submitting.now
    )
    said = f"*{safe(done.before)}* is called *{safe(done.after)}* from now on."
    return Said(said, said, done.record)


FORM = Form(
    name="rename_office",
    title="Rename an office",
    model=RenameOffice,
    verb=Verb.ADMINISTER,
    open=_open,
    submit=_submit,
    submit_label="Rename",
)
