from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.open_records import open_records
from cli.options import AsKnownOn, AsOf, Format, InFormat, OfOffice
from cli.print_duties import nothing, print_duties, say_failed
from cli.print_known import note_unsure, refuse_to_come
from operations.read.duties import Owed, list_due, require_office
from operations.read.known_duties import list_known
from policy.words import day as spelled


def due(
    *,
    as_of: AsOf = None,
    office: OfOffice = None,
    within: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Only what is due on or before the day plus so many.")
    ] = None,
    settled: Annotated[bool, typer.Option("--all", help="Also what is met, waived or lifted.")] = False,
    known_on: AsKnownOn = None,
    form: InFormat = Format.TABLE,
) -> None:
    """List what is owed on a day, past or to come, computed from the records; nothing is written."""
    with open_records() as records, records.sessions() as session:
        day = as_of or known_on or records.today()
        if known_on is not None:
            refuse_to_come(known_on, records.today())
        if office is not None:
            require_office(session, office)
        owed: Sequence[Owed]
        failed: list[str] = []
        if known_on is None:
            owed = list_due(session, as_of=day, office=office, within=within, settled=settled, failed=failed)
        else:
            believed = list_known(session, known_on=known_on, as_of=day, office=office, within=within, settled=settled)
            owed = believed.owed
            failed.extend(believed.failed)
            note_unsure(known_on, believed.unsure)
        empty = nothing(session, f"Nothing is owed on {spelled(day)}.")
        print_duties(owed, form, on=day, empty=empty, heading=f"What is owed on {spelled(day)}:")
        say_failed(failed)
