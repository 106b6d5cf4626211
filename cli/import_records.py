from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.open_records import open_records
from cli.options import read_day
from operations.records.bad_rows import ImportResult
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.import_people import PEOPLE_COLUMNS, import_people
from operations.records.read_table import MAX_BYTES, Columns, Table, read_table
from operations.refusals import Refused
from operations.remind.check_rules import check_rules

import_app = typer.Typer(help="Enter records from a CSV or XLSX file.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file with a header row.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")]

#: Who the audit names for an import from the command line.
OPERATOR = "alliance import"


@import_app.command("offices")
def offices(file: File, dry_run: DryRun = False) -> None:
    """Enter offices: code,name,kind,parent,city,state,timezone,former_region[,channel,schedule,settings]."""
    table = _read(file, OFFICE_COLUMNS)
    with open_records() as records, records.sessions() as session:
        now = records.now()
        result = import_offices(session, table, by=OPERATOR, now=now)
        if result.changed:
            # A setting, a time zone or an office above may have become another one.
            check_rules(session, now=now)
        _tell(result, table, dry_run=dry_run)
        if not dry_run:
            session.commit()


@import_app.command("people")
def people(file: File, dry_run: DryRun = False) -> None:
    """Enter people and their positions: slack_id,name,email,position,office,from,until,acting_for."""
    table = _read(file, PEOPLE_COLUMNS)
    with open_records() as records, records.sessions() as session:
        result = import_people(session, table, by=OPERATOR, now=records.now())
        _tell(result, table, dry_run=dry_run)
        if not dry_run:
            session.commit()


@import_app.command("alliances")
def alliances(
    file: File,
    dry_run: DryRun = False,
    tracked_from: Annotated[
        date | None,
        typer.Option(
            parser=read_day,
            metavar="DATE",
            help="Duties due before this day are not created for new alliances; today if left out.",
        ),
    ] = None,
) -> None:
    """Enter alliances: name,participants,level,offices,signed,renewed,ambassador,concluded,source[,term_years]."""
    table = _read(file, ALLIANCE_COLUMNS)
    with open_records() as records, records.sessions() as session:
        now = records.now()
        result = import_alliances(session, table, by=OPERATOR, now=now, tracked_from=tracked_from)
        # What the new records ask for stands in the same transaction as they do.
        check_rules(session, now=now)
        _tell(result, table, dry_run=dry_run)
        if not dry_run:
            session.commit()


def _read(file: Path, columns: Columns) -> Table:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Refused(f"{file.name} is larger than 20 MB; split it.")
        content = file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror or error}.") from None
    return read_table(file.name, content, columns)


def _tell(result: ImportResult, table: Table, *, dry_run: bool) -> None:
    for warning in result.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    would = "would be " if dry_run else ""
    typer.echo(
        f"{table.file}: {result.rows} rows read; {len(result.created)} {would}created, "
        f"{len(result.changed)} {would}changed, {len(result.unchanged)} unchanged."
        + (" Nothing was written." if dry_run else "")
    )
