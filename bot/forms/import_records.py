"""Attach a spreadsheet whose rows are to be recorded; what they would record is shown before anything is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Choice, Draft, Form, NewForm, Opening, Said, Submitting
from operations.actor import allowed
from operations.change_closures import top_office
from operations.records.attach_document import Attached
from operations.records.import_for import COLUMNS, Imported
from operations.records.imports import ask_import
from policy.rights import Verb
from policy.words import listing

NOTHING_YET = "Nothing is written before you have seen what each row does, and confirmed it."


class ImportRecords(NewForm):
    """A file whose rows are to be recorded."""

    what: Annotated[Imported, Ask(offered=True, radio=True)] = Field(title="What the rows are")
    table: Annotated[Attached, Ask(table=True)] = Field(
        title="Spreadsheet",
        description="CSV or XLSX, its first sheet, with the names of the columns in the first line; 20 MB at most.",
    )


def _open(opening: Opening) -> Draft:
    top = top_office(opening.session).code
    administers = allowed(opening.session, opening.by, Verb.ADMINISTER, office_codes=[top])
    offered = list(Imported) if administers else [Imported.ALLIANCES]
    columns = [
        f"*{what.capitalize()}*: {listing([*COLUMNS[what].required])}"
        + (f"; if you like {listing(more)}" if (more := _more(what)) else "")
        for what in offered
    ]
    return Draft(
        values={"what": Imported.ALLIANCES.value},
        choices={"what": [Choice(what.value, what.capitalize()) for what in offered]},
        intro=[NOTHING_YET, "The columns:\n" + "\n".join(columns)],
    )


def _more(what: Imported) -> list[str]:
    return [name for name in COLUMNS[what].known if name not in COLUMNS[what].required]


def _submit(submitting: Submitting, typed: ImportRecords) -> Said:
    ask_import(submitting.session, what=typed.what, attached=typed.table, by=submitting.by, now=submitting.now)
    text = (
        f"{safe(typed.table.name)} is being read. What its rows would record comes as a direct message. {NOTHING_YET}"
    )
    return Said(text, "")


FORM = Form(
    name="import_records",
    title="Import",
    model=ImportRecords,
    verb=Verb.IMPORT,
    open=_open,
    submit=_submit,
    submit_label="Show what it does",
)
