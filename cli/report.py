from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import read_day
from documents.formats import FORMATS
from operations.actor import office_day
from operations.gather_facts import gather
from operations.read.annual_report import read_annual_report
from policy.annual_report import gap_words, gaps


def report(
    alliance: Annotated[str, typer.Argument(help="The alliance, by its name or a part of it.")],
    period_end: Annotated[
        date, typer.Option("--period-end", parser=read_day, metavar="DATE", help="The last day of the agreement year.")
    ],
    form: Annotated[
        Literal["docx", "pdf", "html", "json", "csv"], typer.Option("--format", help="The format of the file.")
    ] = "docx",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", dir_okay=False, help="The file to write.", show_default=False)
    ] = None,
) -> None:
    """Write the annual report of an agreement year, or the closeout report, from the records."""
    with open_records() as records, records.sessions() as session:
        of = gather(session, [alliance_named(session, alliance).id])[0]
        today = office_day(records.now(), of.timezone)
        found = read_annual_report(session, of, period_end=period_end, today=today)
    path = output or Path(f"annual-report-{period_end}.{form}")
    path.write_bytes(FORMATS[form](found))
    typer.echo(f"{path}: {gap_words(gaps(found))}")
    for gap in gaps(found):
        typer.echo(f"  - {gap.sentence}")
