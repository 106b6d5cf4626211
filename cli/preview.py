from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import Format, InFormat, read_day
from cli.print_duties import print_duties
from operations.read.preview import Preview, preview_signing
from policy.facts import Level
from policy.rules import RULES
from policy.words import count


def preview(
    sign: Annotated[date, typer.Option("--sign", parser=read_day, metavar="DATE", help="The day of the signing.")],
    level: Annotated[Level | None, typer.Option(help="The level of a new alliance.")] = None,
    alliance: Annotated[
        str | None, typer.Option("--from-alliance", metavar="NAME", help="The alliance on record that is renewed.")
    ] = None,
    term: Annotated[
        int | None, typer.Option(min=1, max=50, metavar="YEARS", help="The term; the default if left out.")
    ] = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Show every date that a signing would bring, to the report of the last year that begins in the term."""
    if level is None and alliance is None:
        raise typer.BadParameter("give --level for a new alliance, or --from-alliance for a renewal.")
    with open_records() as records, records.sessions() as session:
        alliance_id = None if alliance is None else alliance_named(session, alliance).id
        found = preview_signing(session, signed_on=sign, alliance_id=alliance_id, level=level, term_years=term)
    if form is Format.TABLE:
        _print(found)
    else:
        # What may be done comes last: it is due on no day.
        print_duties([*found.owed, *found.allowed], form, on=sign, empty="")


def _print(found: Preview) -> None:
    typer.echo(f"{found.sentence}\n")
    for owed in found.owed:
        due = owed.due
        kind = "target" if due.basis == "office" else "due"
        period = f", {due.period}" if due.period else ""
        early = f" (working day {due.working_day})" if due.working_day != due.due_on else ""
        typer.echo(
            f"{due.due_on}  {kind:<6}  {RULES[due.rule].title}{period}{early}; {due.modality.value}, "
            f"opens {due.opens_on}  [{due.clauses[0].name}]"
        )
    for owed in found.allowed:
        typer.echo(f"{owed.due.opens_on}  from    {RULES[owed.due.rule].title}  [{owed.due.clauses[0].name}]")
    allowed = f", {count(len(found.allowed), 'permission')}" if found.allowed else ""
    typer.echo(f"\n{count(len(found.owed), 'date')}{allowed}; nothing was saved.")
