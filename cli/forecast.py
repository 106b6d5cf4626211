from __future__ import annotations

import typer

from cli.open_records import open_records
from cli.options import Format, From, InFormat, OfOffice, To
from cli.print_duties import nothing, print_duties, say_failed
from operations.read.duties import list_forecast, require_office


def forecast(first: From, last: To, office: OfOffice = None, form: InFormat = Format.TABLE) -> None:
    """List what will come due between two days if nothing more is recorded."""
    if last < first:
        raise typer.BadParameter(f"{last} lies before {first}; the range runs from --from to --to.")
    with open_records() as records, records.sessions() as session:
        if office is not None:
            require_office(session, office)
        failed: list[str] = []
        owed = list_forecast(session, first=first, last=last, office=office, failed=failed)
        print_duties(
            owed,
            form,
            on=first,
            empty=nothing(session, f"Nothing comes due from {first} to {last}."),
            heading=f"Due from {first} to {last}, if nothing more is recorded; days are counted from {first}.",
        )
        say_failed(failed)
