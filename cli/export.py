from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.open_records import open_records
from cli.written_whole import written_whole
from documents.rows import WRITERS, TooLargeError
from operations.read.exported import What, read_rows
from runtime.errors import SetupError


def export(
    what: Annotated[What, typer.Argument(help="What to export.")],
    form: Annotated[Literal["csv", "xlsx", "json"], typer.Option("--format", help="The format of the file.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", dir_okay=False, help="The file to write.", show_default=False)
    ] = None,
) -> None:
    """Write records to a file, each with how long to keep it and what is on hold; what was withdrawn, too."""
    path = output or Path(f"{what}.{form}")
    with open_records() as records, records.sessions() as session, written_whole(path) as unfinished:
        columns, rows = read_rows(session, what)
        try:
            with unfinished.open("wb") as file:
                number = WRITERS[form](file, columns, rows)
        except TooLargeError as error:
            raise SetupError(str(error)) from None
    typer.echo(f"{path}: {number:,} {'row' if number == 1 else 'rows'}.")
