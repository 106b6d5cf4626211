from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import AsOf, Format, InFormat
from cli.print_duties import cell
from operations.read.procedure import ProcedureShown, StageShown, show_procedure
from policy.words import count, listing

COLUMNS = ("number", "step", "title", "state", "sentence", "owner", "waiting_for", "first", "clause", "quote")


def procedure(
    *,
    alliance: Annotated[str, typer.Argument(metavar="ALLIANCE", help="Its name or a clear part of it.")],
    as_of: AsOf = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Show the steps from proposal to signature, whose turn it is and by which clause."""
    with open_records() as records, records.sessions() as session:
        found = alliance_named(session, alliance)
        shown = show_procedure(session, found.id, on=as_of or records.today())
    if form is Format.JSON:
        typer.echo(json.dumps(_as_json(shown), indent=2, ensure_ascii=False))
    elif form is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in _as_json(shown)["steps"]:
            writer.writerow([cell(row[column]) for column in COLUMNS])
    else:
        _print(shown)


def _print(shown: ProcedureShown) -> None:
    typer.echo(
        f"{shown.of.facts.name}, on {shown.on} ({shown.edition.name}): "
        f"{shown.done} of {count(shown.counted, 'step')} done."
    )
    if shown.over is not None:
        typer.echo(shown.over)
    for number, stage in enumerate(shown.stages, start=1):
        typer.echo(f"\n{number:>2}. {stage.stage.title}: {stage.stands.value}")
        owner = f"By: {stage.owner}" if stage.owner else ""
        lines = [stage.sentence, _whom(stage), owner, f"{stage.clause.name}: “{stage.clause.quoted}”"]
        for line in filter(None, lines):
            typer.echo(f"    {line}")


def _whom(stage: StageShown) -> str:
    if stage.blocked_by:
        return f"First: {listing(stage.blocked_by)}."
    return f"Waits for {listing(stage.waiting_for)}." if stage.waiting_for else ""


def _as_json(shown: ProcedureShown) -> dict[str, Any]:
    return {
        "alliance": shown.of.facts.name,
        "level": shown.of.facts.level.value,
        "on": shown.on.isoformat(),
        "renewal": shown.renewal,
        "edition": shown.edition.name,
        "over": shown.over,
        "steps": [_step(number, stage) for number, stage in enumerate(shown.stages, start=1)],
    }


def _step(number: int, stage: StageShown) -> dict[str, Any]:
    return {
        "number": number,
        "step": stage.stage.id,
        "title": stage.stage.title,
        "state": stage.stands.value,
        "sentence": stage.sentence,
        "owner": stage.owner,
        "waiting_for": list(stage.waiting_for),
        "first": list(stage.blocked_by),
        "clause": stage.clause.name,
        "quote": stage.clause.quote,
    }
